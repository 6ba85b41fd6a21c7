#include "daemon/oauth/client_assertion.hpp"

#include "daemon/oauth/jws.hpp"

#include <stdexcept>

namespace grantlink {

std::string clientAssertion(const Provider& provider) {
    const Preset& preset = provider.preset();
    const auto now = static_cast<std::int64_t>(nowMs() / 1000);
    // The issuer where it is known: an audience that is an endpoint could be another server's idea.
    const std::string audience =
        preset.authorize.issuer.empty() ? preset.token.request.url : preset.authorize.issuer;
    const Json claims = Json::object()
                            .set("iss", provider.clientId())
                            .set("sub", provider.clientId())
                            .set("aud", audience)
                            .set("jti", Uuid::v7().text())
                            .set("iat", now)
                            .set("exp", now + 60);
    auto out = signJwt(claims, Json::parse(provider.clientKey()));
    if (!out)
        throw std::runtime_error(provider.id() + ": the client's key cannot sign");
    return *out;
}

} // namespace grantlink
