#include "daemon/sandbox/token_endpoint.hpp"

#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/shape.hpp"

#include <sodium.h>

namespace grantlink::sandbox {

namespace {

struct Credentials {
    std::string id, secret;
};

// HTTP Basic; nothing when there is none, or something else.
std::optional<Credentials> basicCredentials(const Call& call) {
    const std::string_view scheme = "Basic ";
    std::string_view header = call.request.header("authorization");
    if (!header.starts_with(scheme))
        return std::nullopt;
    header.remove_prefix(scheme.size());
    std::string pair(header.size(), '\0');
    std::size_t length = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(pair.data()), pair.size(), header.data(),
                          header.size(), nullptr, &length, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return std::nullopt;
    pair.resize(length);
    const auto colon = pair.find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    return Credentials{pair.substr(0, colon), pair.substr(colon + 1)};
}

Result<Parameters> parametersIn(const Call& call, BodyIs body) {
    if (call.request.method == "GET") // Meta's
        return call.query;
    const std::string_view type = call.request.header("content-type");
    const bool form = type.starts_with("application/x-www-form-urlencoded");
    const bool json = type.starts_with("application/json");
    if ((form && body != BodyIs::json) || (json && body != BodyIs::form))
        return form ? call.form : call.json;
    return Refused{Refusal::wrongBody};
}

Result<Credentials> credentialsIn(const Call& call, const Parameters& parameters,
                                  const ClientRequests& rules) {
    const auto basic = basicCredentials(call);
    const std::string secret = parameters.get("client_secret");
    if (basic && !secret.empty()) // RFC 6749, section 2.3: no more than one method a request
        return Refused{Refusal::wrongSecret};
    if (basic && rules.secret != SecretIn::body)
        return *basic;
    if (rules.secret == SecretIn::header)
        return Refused{Refusal::wrongSecret};
    for (const std::string& name : {rules.clientId, std::string("client_secret")})
        if (parameters.get(name).empty())
            return Refused{Refusal::missing, name};
    return Credentials{parameters.get(rules.clientId), secret};
}

std::optional<Refusal> faultIn(const World& world, const Credentials& given) {
    if (given.id != world.settings.clientId)
        return Refusal::wrongClient;
    if (!sameSecret(given.secret, world.settings.clientSecret))
        return Refusal::wrongSecret;
    return std::nullopt;
}

Result<Approval> redeemCode(World& world, const Parameters& parameters) {
    if (const auto name = parameters.firstMissing({"redirect_uri", "code"}))
        return Refused{Refusal::missing, *name};
    const bool pkce = world.shape.authorization.pkce != Pkce::unknown;
    return world.ledger.redeem(parameters.get("code"), world.settings.clientId,
                               parameters.get("redirect_uri"),
                               pkce ? parameters.get("code_verifier") : std::string());
}

Result<Approval> redeemRefreshToken(World& world, const Parameters& parameters) {
    if (const auto name = parameters.firstMissing({"refresh_token"}))
        return Refused{Refusal::missing, *name};
    return world.ledger.redeemRefreshToken(parameters.get("refresh_token"));
}

} // namespace

Result<Parameters> clientParameters(const World& world, const Call& call) {
    const ClientRequests& rules = world.shape.client;
    const auto parameters = parametersIn(call, rules.body);
    if (!parameters)
        return parameters.error();
    if (const auto name = parameters->firstRepeated())
        return Refused{Refusal::repeated, *name};
    const auto given = credentialsIn(call, *parameters, rules);
    if (!given)
        return given.error();
    if (const auto why = faultIn(world, *given))
        return Refused{*why};
    return *parameters;
}

bool isClientByBasic(const World& world, const Call& call) {
    const auto given = basicCredentials(call);
    return given && !faultIn(world, *given);
}

ServerResponse tokenEndpoint(World& world, const Call& call) {
    const ClientRequests& rules = world.shape.client;
    const auto parameters = clientParameters(world, call);
    if (!parameters)
        return world.shape.refused(call, parameters.error());
    const std::string type = parameters->get("grant_type");
    const bool refresh = rules.refreshes && type == "refresh_token";
    if (type.empty() && rules.needsGrantType)
        return world.shape.refused(call, {Refusal::missing, "grant_type"});
    if (!refresh && !type.empty() && type != "authorization_code")
        return world.shape.refused(call, {Refusal::wrongGrantType, type});

    auto approval =
        refresh ? redeemRefreshToken(world, *parameters) : redeemCode(world, *parameters);
    if (!approval)
        return world.shape.refused(call, approval.error());
    approval->account = &call.accountOr(*approval->account);
    return world.shape.granted(world, call, *approval, refresh);
}

ServerResponse revocation(World& world, const Call& call, const Json& answer, Revocable which) {
    const auto parameters = clientParameters(world, call);
    if (!parameters)
        return world.shape.refused(call, parameters.error());
    if (const auto name = parameters->firstMissing({"token"}))
        return world.shape.refused(call, {Refusal::missing, *name});
    world.ledger.revoke(parameters->get("token"), which);
    return jsonAnswer(answer);
}

} // namespace grantlink::sandbox
