// What a provider says of itself: authorization server metadata (RFC 8414, section 2; OpenID
// Connect Discovery, section 3).
#pragma once

#include "daemon/json/json.hpp"

#include <map>
#include <string>
#include <vector>

namespace grantlink {

struct ProviderMetadata {
    std::string authorizationEndpoint, tokenEndpoint, userinfoEndpoint, revocationEndpoint, jwksUri;
    std::string pushEndpoint;                  // RFC 9126, section 5
    std::vector<std::string> tokenAuthMethods; // empty: not said
    std::vector<std::string> dpopAlgorithms;   // RFC 9449, section 5.1; empty: not said
    std::vector<std::string> pkceMethods;      // RFC 7636, section 6.2; empty: it does no PKCE
    bool issExpected = false;                  // RFC 9207, section 3
    bool mustPush = false;                     // RFC 9126, section 5

    bool takesPkce() const; // by S256
    bool takesDpop() const; // proofs by ES256; many that do say nothing

    bool operator==(const ProviderMetadata&) const = default;

    static ProviderMetadata from(const Json& document);
};

using MetadataByIssuer = std::map<std::string, ProviderMetadata>;

} // namespace grantlink
