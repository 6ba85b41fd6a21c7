#include "daemon/sandbox/random.hpp"

#include <sodium.h>

#include <string_view>

namespace grantlink::sandbox {

std::string randomText(std::size_t length) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string out;
    for (std::size_t i = 0; i < length; ++i)
        out += alphabet[randombytes_uniform(alphabet.size())];
    return out;
}

std::string fingerprint(const std::string& secret) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
    char hex[13];
    sodium_bin2hex(hex, sizeof(hex), hash, 6);
    return hex;
}

bool sameSecret(const std::string& a, const std::string& b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace grantlink::sandbox
