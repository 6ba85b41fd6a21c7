// Signed JSON (RFC 7515) with keys as JSON (RFC 7517), by the library José.
#pragma once

#include "daemon/json/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

// A JWS in compact form, taken apart. Nothing in it is to be believed before verify().
struct Jws {
    Json header, payload;
    std::string protectedPart, payloadPart, signature; // as they came

    // Nothing when the text is no JWS of two JSON objects.
    static std::optional<Jws> parse(std::string_view text);

    std::string algorithm() const { return header["alg"].str(); }

    std::string keyId() const { return header["kid"].str(); }

    // Whether the key (a JWK) made the signature, by an algorithm of the list. Keys that are meant
    // for something else do not count (RFC 7517, section 4.2 to 4.4).
    bool verify(const Json& key, const std::vector<std::string>& algorithms) const;
};

// A JWT in compact form. `key` is a private JWK whose `alg`, where it has none, is that of its
// curve or RS256; `header` is what is in the header besides algorithm and key id. Nothing when the
// key cannot sign.
std::optional<std::string> signJwt(const Json& claims, const Json& key,
                                   Json header = Json::object().set("typ", "JWT"));

} // namespace grantlink
