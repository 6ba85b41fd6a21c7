#include "daemon/oauth/jws.hpp"

#include "shared/base64url.hpp"

extern "C" {
#include <jose/jws.h>
}

#include <algorithm>

namespace grantlink {

namespace {

std::optional<Json> objectIn(std::string_view part) {
    const auto bytes = base64urlDecode(part);
    if (!bytes)
        return std::nullopt;
    Json out = Json::parse(textOf(*bytes));
    return out.isObject() ? std::optional(out) : std::nullopt;
}

// RFC 7518, section 3.1: RS… and PS… want an RSA key, ES… one on an elliptic curve.
bool fits(const Json& key, const std::string& algorithm) {
    const std::string type = key["kty"].str();
    const bool kind = algorithm.starts_with("ES") ? type == "EC" : type == "RSA";
    const std::string use = key["use"].str("sig"), only = key["alg"].str(algorithm);
    return kind && use == "sig" && only == algorithm;
}

// RFC 7518, section 3.1.
std::string algorithmOf(const Json& key) {
    const std::string curve = key["crv"].str();
    const std::string fitting = curve == "P-521"   ? "ES512"
                                : curve == "P-384" ? "ES384"
                                : curve == "P-256" ? "ES256"
                                                   : "RS256";
    return key["alg"].str(fitting);
}

} // namespace

std::optional<Jws> Jws::parse(std::string_view text) {
    const auto first = text.find('.');
    const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos)
        return std::nullopt;
    Jws out;
    out.protectedPart = text.substr(0, first);
    out.payloadPart = text.substr(first + 1, second - first - 1);
    out.signature = text.substr(second + 1);
    const auto header = objectIn(out.protectedPart), payload = objectIn(out.payloadPart);
    // RFC 7515, section 4.1.11: what must be understood, and is not.
    if (!header || !payload || !(*header)["crit"].isNull())
        return std::nullopt;
    out.header = *header;
    out.payload = *payload;
    return out;
}

bool Jws::verify(const Json& key, const std::vector<std::string>& algorithms) const {
    const std::string used = algorithm();
    if (std::find(algorithms.begin(), algorithms.end(), used) == algorithms.end() ||
        !fits(key, used))
        return false;
    const Json jws = Json::object()
                         .set("payload", payloadPart)
                         .set("protected", protectedPart)
                         .set("signature", signature);
    return jose_jws_ver(nullptr, jws.borrow(), nullptr, key.borrow(), false);
}

std::optional<std::string> signJwt(const Json& claims, const Json& key, Json header) {
    header.set("alg", algorithmOf(key));
    if (const Json id = key["kid"]; id.isString())
        header.set("kid", id);
    Json jws = Json::object().set("payload", base64url(bytesOf(claims.dump())));
    Json signature = Json::object().set("protected", header);
    if (!jose_jws_sig(nullptr, jws.borrow(), signature.borrow(), key.borrow()))
        return std::nullopt;
    return jws["protected"].str() + "." + jws["payload"].str() + "." + jws["signature"].str();
}

} // namespace grantlink
