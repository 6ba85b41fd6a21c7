#include "daemon/oauth/dpop_proof.hpp"

#include "daemon/oauth/jws.hpp"
#include "shared/base64url.hpp"
#include "shared/uuid.hpp"

#include <array>
#include <stdexcept>

namespace grantlink {

namespace {

std::string randomId() {
    std::array<std::uint8_t, 16> bytes; // section 4.2 wants 96 bits or more
    randombytes_buf(bytes.data(), bytes.size());
    return base64url(bytes);
}

std::string sha256(std::string_view text) {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash;
    crypto_hash_sha256(hash.data(), bytesOf(text).data(), text.size());
    return base64url(hash);
}

// Section 4.2: exactly these members, none of which is private.
Json publicHalf(const Json& key) {
    Json out = Json::object();
    for (const char* name : {"kty", "crv", "x", "y"})
        out.set(name, key[name]);
    return out;
}

Json claimsOf(const HttpRequest& request, std::string_view accessToken, std::string_view nonce) {
    Json out = Json::object()
                   .set("jti", randomId())
                   .set("htm", request.method)
                   .set("htu", request.url.substr(0, request.url.find_first_of("?#")))
                   .set("iat", nowMs() / 1000);
    if (!nonce.empty())
        out.set("nonce", nonce);
    if (!accessToken.empty())
        out.set("ath", sha256(accessToken));
    return out;
}

} // namespace

std::string dpopProof(const HttpRequest& request, const SecretBytes& key,
                      std::string_view accessToken, std::string_view nonce) {
    const Json pair = Json::parse(textOf(key));
    Json header = Json::object().set("typ", "dpop+jwt").set("jwk", publicHalf(pair));
    auto out = signJwt(claimsOf(request, accessToken, nonce), pair, std::move(header));
    if (!out)
        throw std::runtime_error("a key that tokens are bound to cannot sign");
    return *out;
}

} // namespace grantlink
