#include "daemon/providers/metadata.hpp"

#include <algorithm>
#include <string_view>

namespace grantlink {

namespace {

std::vector<std::string> textsIn(const Json& list) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < list.size(); ++i)
        out.push_back(list.at(i).str());
    return out;
}

bool has(const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

} // namespace

bool ProviderMetadata::takesPkce() const {
    return has(pkceMethods, "S256");
}

bool ProviderMetadata::takesDpop() const {
    return has(dpopAlgorithms, "ES256");
}

ProviderMetadata ProviderMetadata::from(const Json& document) {
    ProviderMetadata out;
    out.authorizationEndpoint = document["authorization_endpoint"].str();
    out.tokenEndpoint = document["token_endpoint"].str();
    out.userinfoEndpoint = document["userinfo_endpoint"].str();
    out.revocationEndpoint = document["revocation_endpoint"].str();
    out.pushEndpoint = document["pushed_authorization_request_endpoint"].str();
    out.mustPush = document["require_pushed_authorization_requests"].boolean();
    out.jwksUri = document["jwks_uri"].str();
    out.tokenAuthMethods = textsIn(document["token_endpoint_auth_methods_supported"]);
    out.pkceMethods = textsIn(document["code_challenge_methods_supported"]);
    out.dpopAlgorithms = textsIn(document["dpop_signing_alg_values_supported"]);
    out.issExpected = document["authorization_response_iss_parameter_supported"].boolean();
    return out;
}

} // namespace grantlink
