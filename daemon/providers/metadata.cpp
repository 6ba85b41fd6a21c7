#include "daemon/providers/metadata.hpp"

namespace grantlink {

ProviderMetadata ProviderMetadata::from(const Json& document) {
    ProviderMetadata out;
    out.authorizationEndpoint = document["authorization_endpoint"].str();
    out.tokenEndpoint = document["token_endpoint"].str();
    out.userinfoEndpoint = document["userinfo_endpoint"].str();
    out.revocationEndpoint = document["revocation_endpoint"].str();
    out.jwksUri = document["jwks_uri"].str();
    const Json methods = document["token_endpoint_auth_methods_supported"];
    for (std::size_t i = 0; i < methods.size(); ++i)
        out.tokenAuthMethods.push_back(methods.at(i).str());
    out.issExpected = document["authorization_response_iss_parameter_supported"].boolean();
    return out;
}

} // namespace grantlink
