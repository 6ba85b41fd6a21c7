#include "daemon/sandbox/oauth.hpp"

#include "daemon/net/http_client.hpp"
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/pages.hpp"
#include "daemon/sandbox/random.hpp"

#include <algorithm>
#include <set>

namespace grantlink::sandbox {

namespace {

const std::string basicScope = "instagram_business_basic";

const std::set<std::string> knownScopes = {
    basicScope, "instagram_business_content_publish", "instagram_business_manage_comments",
    "instagram_business_manage_insights", "instagram_business_manage_messages"};

// What the forms carry on: the request, not its optional switches.
const std::vector<std::string> carriedFields = {"client_id", "redirect_uri", "scope", "state"};

std::optional<std::string> faultInClient(const Settings& settings, const Parameters& parameters) {
    if (const auto name = parameters.firstRepeated())
        return *name + " is given more than once";
    if (const auto name = parameters.firstMissing({"client_id", "redirect_uri"}))
        return "Missing required parameter " + *name;
    if (parameters.get("client_id") != settings.clientId)
        return "Invalid platform app";
    const auto& uris = settings.redirectUris;
    if (std::find(uris.begin(), uris.end(), parameters.get("redirect_uri")) == uris.end())
        return "Invalid redirect_uri";
    return std::nullopt;
}

std::optional<std::string> faultInScope(const Parameters& parameters) {
    const auto scopes = splitList(parameters.get("scope"));
    for (const std::string& scope : scopes)
        if (!knownScopes.contains(scope))
            return "Invalid scope: " + scope;
    if (std::find(scopes.begin(), scopes.end(), basicScope) == scopes.end())
        return "Invalid scope: " + basicScope + " is required";
    return std::nullopt;
}

// Instagram shows such faults to the person and does not send them back to the client.
std::optional<ServerResponse> refusal(const Settings& settings, const Parameters& parameters) {
    auto fault = faultInClient(settings, parameters);
    if (!fault)
        fault = faultInScope(parameters);
    if (!fault)
        return std::nullopt;
    return pageAnswer(errorPage(*fault), 400);
}

Parameters::Fields carried(const Parameters& parameters) {
    Parameters::Fields fields;
    for (const std::string& name : carriedFields)
        fields.emplace_back(name, parameters.get(name));
    return fields;
}

std::string callback(const Parameters& parameters, const std::string& answer) {
    const std::string state = parameters.get("state");
    std::string uri = parameters.get("redirect_uri");
    uri += uri.find('?') == std::string::npos ? '?' : '&';
    uri += answer;
    if (!state.empty())
        uri += '&' + formEncode({{"state", state}});
    return uri;
}

Json tokenAnswer(const Settings& settings, const Token& token) {
    Json permissions = Json::array();
    for (const std::string& scope : splitList(token.scope))
        permissions.push(scope);
    Json grant = Json::object();
    grant.set("access_token", token.value)
        .set("user_id", token.account->userId)
        .set("permissions", settings.wrappedTokens ? Json(token.scope) : permissions);
    if (!settings.wrappedTokens)
        return grant;
    Json list = Json::array();
    list.push(grant);
    Json answer = Json::object();
    answer.set("data", list);
    return answer;
}

std::string describe(CodeFault fault) {
    switch (fault) {
    case CodeFault::used:
        return "This authorization code has been used";
    case CodeFault::expired:
        return "This authorization code has expired";
    case CodeFault::otherRedirectUri:
        return "Error validating verification code. Please make sure your redirect_uri is "
               "identical to the one you used in the OAuth dialog request";
    case CodeFault::unknown:
    case CodeFault::otherClient:
        break;
    }
    return "Matching code was not found or was already used";
}

} // namespace

ServerResponse authorize(World& world, const Call& call) {
    if (const auto answer = refusal(world.settings, call.query))
        return *answer;
    if (call.query.get("response_type") != "code")
        return pageAnswer(errorPage("Invalid response_type"), 400);
    return pageAnswer(loginPage(carried(call.query)));
}

ServerResponse login(World& world, const Call& call) {
    if (const auto answer = refusal(world.settings, call.form))
        return *answer;
    const Account* const account = findAccount(call.form.get("account"));
    if (!account)
        return pageAnswer(errorPage("there is no such account"), 400);
    return pageAnswer(consentPage(*account, call.form.get("client_id"),
                                  splitList(call.form.get("scope")), carried(call.form)));
}

ServerResponse decide(World& world, const Call& call) {
    if (const auto answer = refusal(world.settings, call.form))
        return *answer;
    const Account* const account = findAccount(call.form.get("account"));
    if (!account)
        return pageAnswer(errorPage("there is no such account"), 400);
    const std::string decision = call.form.get("decision");
    if (decision == "decline")
        return redirectAnswer(callback(call.form,
                                       "error=access_denied&error_reason=user_denied&"
                                       "error_description=The+user+denied+your+request"));
    if (decision != "approve")
        return pageAnswer(errorPage("decision must be approve or decline"), 400);
    Grant grant;
    grant.account = &call.accountOr(*account);
    grant.clientId = call.form.get("client_id");
    grant.redirectUri = call.form.get("redirect_uri");
    grant.scope = call.form.get("scope");
    return redirectAnswer(callback(call.form, "code=" + world.ledger.issueCode(grant)) + "#_");
}

ServerResponse exchangeCode(World& world, const Call& call) {
    const Parameters& form = call.form;
    if (const auto name = form.firstRepeated())
        return apiError(400, *name + " is given more than once");
    if (const auto name =
            form.firstMissing({"client_id", "client_secret", "grant_type", "redirect_uri", "code"}))
        return apiError(400, "Missing required field " + *name);
    if (form.get("client_id") != world.settings.clientId)
        return apiError(400, "Invalid platform app");
    if (!sameSecret(form.get("client_secret"), world.settings.clientSecret))
        return apiError(400, "Error validating client secret.");
    if (form.get("grant_type") != "authorization_code")
        return apiError(400, "Invalid grant_type: " + form.get("grant_type"));

    const auto redeemed =
        world.ledger.redeem(form.get("code"), form.get("client_id"), form.get("redirect_uri"));
    if (!redeemed)
        return apiError(400, describe(redeemed.error()));
    Token token = *redeemed;
    if (call.impostor)
        world.ledger.giveTo(*call.impostor, token);
    return jsonAnswer(tokenAnswer(world.settings, token));
}

} // namespace grantlink::sandbox
