#include "daemon/sandbox/authorization.hpp"

#include "daemon/net/url.hpp"
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/pages.hpp"
#include "daemon/sandbox/shape.hpp"

#include <algorithm>

namespace grantlink::sandbox {

namespace {

using Fault = std::optional<std::string>;

Fault faultInClient(const World& world, const Parameters& parameters) {
    const std::string& idName = world.shape.authorization.clientId;
    if (const auto name = parameters.firstRepeated())
        return *name + " is given more than once";
    if (const auto name = parameters.firstMissing({idName, "redirect_uri"}))
        return "Missing required parameter " + *name;
    if (parameters.get(idName) != world.settings.clientId)
        return "Invalid " + idName;
    const auto& uris = world.settings.redirectUris;
    if (std::find(uris.begin(), uris.end(), parameters.get("redirect_uri")) == uris.end())
        return "Invalid redirect_uri";
    return std::nullopt;
}

std::vector<std::string> scopesIn(const World& world, const Parameters& parameters) {
    const Authorization& rules = world.shape.authorization;
    return splitList(parameters.get(rules.scope), rules.separator);
}

Fault faultInScope(const World& world, const Parameters& parameters) {
    const Authorization& rules = world.shape.authorization;
    const auto scopes = scopesIn(world, parameters);
    for (const std::string& scope : scopes)
        if (!rules.scopes.contains(scope))
            return "Invalid " + rules.scope + ": " + scope;
    const std::string& needed = rules.neededScope;
    if (!needed.empty() && std::find(scopes.begin(), scopes.end(), needed) == scopes.end())
        return "Invalid " + rules.scope + ": " + needed + " is required";
    return std::nullopt;
}

Fault faultInChallenge(const Authorization& rules, const Parameters& parameters) {
    const std::string challenge = parameters.get("code_challenge");
    const bool needed = rules.pkce == Pkce::required;
    if (rules.pkce == Pkce::unknown || (!needed && challenge.empty()))
        return std::nullopt;
    if (rules.pkce == Pkce::forbidden)
        return "Invalid code_challenge: this app does not use PKCE";
    if (challenge.size() != 43) // a SHA-256 in base64url
        return "Invalid code_challenge";
    return std::nullopt;
}

// What only the authorization request itself has, and the pages' forms do not carry on.
Fault faultInRest(const Authorization& rules, const Parameters& parameters) {
    for (const auto& [name, value] : rules.fixed)
        if (parameters.get(name) != value)
            return "Invalid " + name + ": must be " + value;
    if (rules.needsState && parameters.get("state").empty())
        return "Missing required parameter state";
    if (rules.pkce != Pkce::unknown && !parameters.get("code_challenge").empty() &&
        parameters.get("code_challenge_method") != "S256")
        return "Invalid code_challenge_method: must be S256";
    return std::nullopt;
}

// Such faults are shown to the person and not sent back to the client.
std::optional<ServerResponse> refusal(const World& world, const Parameters& parameters) {
    Fault fault = faultInClient(world, parameters);
    if (!fault)
        fault = faultInScope(world, parameters);
    if (!fault)
        fault = faultInChallenge(world.shape.authorization, parameters);
    if (!fault)
        return std::nullopt;
    return pageAnswer(errorPage(world.shape, *fault), 400);
}

// What the forms carry on: the request, not its optional switches.
Parameters::Fields carried(const World& world, const Parameters& parameters) {
    const Authorization& rules = world.shape.authorization;
    std::vector<std::string> names = {rules.clientId, "redirect_uri", rules.scope, "state"};
    if (rules.pkce != Pkce::unknown)
        names.push_back("code_challenge");
    Parameters::Fields fields;
    for (const std::string& name : names)
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

std::string approvedCallback(World& world, const Call& call, const Account& account) {
    const Authorization& rules = world.shape.authorization;
    const Parameters& form = call.form;
    Grant grant;
    grant.account = &call.accountOr(account);
    grant.clientId = form.get(rules.clientId);
    grant.redirectUri = form.get("redirect_uri");
    grant.scope = form.get(rules.scope);
    if (rules.pkce != Pkce::unknown)
        grant.challenge = form.get("code_challenge");
    std::string answer = "code=" + world.ledger.issueCode(grant);
    if (!rules.grantedScopes.empty())
        answer += '&' + formEncode({{rules.grantedScopes, grant.scope}});
    return callback(form, answer) + rules.fragment;
}

} // namespace

std::string pathOf(const World& world, const std::string& step) {
    const std::string& path = world.shape.authorization.path;
    return path + (path.ends_with('/') ? "" : "/") + step;
}

ServerResponse authorize(World& world, const Call& call) {
    if (const auto answer = refusal(world, call.query))
        return *answer;
    if (const auto fault = faultInRest(world.shape.authorization, call.query))
        return pageAnswer(errorPage(world.shape, *fault), 400);
    return pageAnswer(loginPage(world.shape, pathOf(world, "login"), carried(world, call.query)));
}

ServerResponse login(World& world, const Call& call) {
    if (const auto answer = refusal(world, call.form))
        return *answer;
    const Account* const account = findAccount(call.form.get("account"));
    if (!account)
        return pageAnswer(errorPage(world.shape, "there is no such account"), 400);
    return pageAnswer(consentPage(world.shape, pathOf(world, "decision"), *account,
                                  world.settings.clientId, scopesIn(world, call.form),
                                  carried(world, call.form)));
}

ServerResponse decide(World& world, const Call& call) {
    if (const auto answer = refusal(world, call.form))
        return *answer;
    const Account* const account = findAccount(call.form.get("account"));
    if (!account)
        return pageAnswer(errorPage(world.shape, "there is no such account"), 400);
    const std::string decision = call.form.get("decision");
    if (decision == "decline")
        return redirectAnswer(callback(call.form, world.shape.authorization.declined));
    if (decision != "approve")
        return pageAnswer(errorPage(world.shape, "decision must be approve or decline"), 400);
    return redirectAnswer(approvedCallback(world, call, *account));
}

} // namespace grantlink::sandbox
