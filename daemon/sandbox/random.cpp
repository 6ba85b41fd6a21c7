#include "daemon/sandbox/random.hpp"

#include "shared/base64url.hpp"

#include <sodium.h>

#include <array>
#include <string_view>

namespace grantlink::sandbox {

namespace {

using Hash = std::array<unsigned char, crypto_hash_sha256_BYTES>;

Hash sha256(const std::string& text) {
    Hash hash;
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size());
    return hash;
}

} // namespace

std::string randomText(std::size_t length) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string out;
    for (std::size_t i = 0; i < length; ++i)
        out += alphabet[randombytes_uniform(alphabet.size())];
    return out;
}

std::string fingerprint(const std::string& secret) {
    char hex[13];
    sodium_bin2hex(hex, sizeof(hex), sha256(secret).data(), 6);
    return hex;
}

std::string challengeOf(const std::string& verifier) {
    return base64url(sha256(verifier));
}

bool sameSecret(const std::string& a, const std::string& b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace grantlink::sandbox
