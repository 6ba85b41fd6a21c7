// Slack, a user token of an app with token rotation, or without:
// https://docs.slack.dev/authentication/installing-with-oauth,
// …/authentication/using-token-rotation, …/reference/methods/oauth.v2.access, auth.test,
// auth.revoke.
//
// All answers have status 200 and say `ok`. The user's scopes are asked for as user_scope, and the
// user's token stands under authed_user; in the answer to a refresh it stands at the top.
//
// PKCE is for public clients, which have no secret: an app becomes one for good by switching it on.
//
// A dead refresh token is invalid_refresh_token: users of Slack's own libraries report it
// (slackapi/python-slack-sdk#1242, slackapi/node-slack-sdk#2038).
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/resources.hpp"
#include "daemon/sandbox/shape.hpp"
#include "daemon/sandbox/token_endpoint.hpp"

namespace grantlink::sandbox {

namespace {

std::string userId(const Account& account) {
    return "U" + account.scopedId;
}

ServerResponse error(const std::string& code) {
    Json body = Json::object();
    body.set("ok", false).set("error", code);
    return jsonAnswer(body);
}

ServerResponse refused(const Call&, const Refused& refused) {
    switch (refused.why) {
    case Refusal::repeated:
        return error("invalid_arguments");
    case Refusal::missing:
        return error(refused.about == "client_secret"   ? "bad_client_secret"
                     : refused.about == "redirect_uri"  ? "bad_redirect_uri"
                     : refused.about == "code"          ? "invalid_code"
                     : refused.about == "refresh_token" ? "invalid_refresh_token"
                                                        : "invalid_client_id");
    case Refusal::wrongBody:
        return error("invalid_post_type");
    case Refusal::wrongClient:
        return error("invalid_client_id");
    case Refusal::wrongSecret:
        return error("bad_client_secret");
    case Refusal::wrongGrantType:
        return error("invalid_grant_type");
    case Refusal::usedCode:
        return error("code_already_used");
    case Refusal::otherRedirectUri:
        return error("bad_redirect_uri");
    case Refusal::wrongRefreshToken:
        return error("invalid_refresh_token");
    default:
        return error("invalid_code");
    }
}

void addTokens(Json& object, World& world, const Approval& approval) {
    const Token access = world.ledger.issue(TokenKind::longLived, approval);
    object.set("access_token", access.value).set("token_type", "user").set("scope", approval.scope);
    if (world.settings.lastingTokens)
        return;
    object.set("expires_in", lifetimeOf(access))
        .set("refresh_token", world.ledger.issue(TokenKind::refresh, approval).value);
}

Json team() {
    Json object = Json::object();
    object.set("id", "T0SANDBOX").set("name", "Sandbox");
    return object;
}

ServerResponse granted(World& world, const Call&, const Approval& approval, bool refreshed) {
    Json answer = Json::object();
    answer.set("ok", true).set("app_id", "A0SANDBOX").set("team", team()).set("enterprise", Json());
    Json user = Json::object();
    user.set("id", userId(*approval.account));
    addTokens(refreshed ? answer : user, world, approval);
    if (!refreshed)
        answer.set("authed_user", user);
    return jsonAnswer(answer);
}

ServerResponse failure(const Call&, unsigned status) {
    if (status == 404 || status == 405)
        return error("unknown_method");
    ServerResponse response = error(status == 429 ? "ratelimited" : "internal_error");
    response.status = status;
    return response;
}

// Why there is no living token.
ServerResponse tokenRefused(const World& world, const Call& call) {
    const Token* const token = world.ledger.find(bearerOf(call));
    if (bearerOf(call).empty())
        return error("not_authed");
    return error(!token ? "invalid_auth" : token->killed ? "token_revoked" : "token_expired");
}

ServerResponse test(World& world, const Call& call) {
    const Token* const token = liveToken(world, call);
    if (!token)
        return tokenRefused(world, call);
    const Account& account = call.accountOr(*token->account);
    Json answer = Json::object();
    answer.set("ok", true)
        .set("url", "https://sandbox.slack.com/")
        .set("team", "Sandbox")
        .set("user", account.handle)
        .set("team_id", "T0SANDBOX")
        .set("user_id", userId(account));
    return jsonAnswer(answer);
}

ServerResponse revoke(World& world, const Call& call) {
    if (!liveToken(world, call))
        return tokenRefused(world, call);
    Json answer = Json::object();
    answer.set("ok", true).set("revoked", world.ledger.revoke(bearerOf(call)));
    return jsonAnswer(answer);
}

Authorization authorization() {
    Authorization out;
    out.path = "/oauth/v2/authorize";
    out.scope = "user_scope";
    out.separator = ',';
    out.neededScope = "users:read";
    out.pkce = Pkce::forbidden;
    out.scopes = {
        {"users:read", "see the members of your workspace"},
        {"users:read.email", "see their mail addresses"},
        {"channels:read", "see the channels of your workspace"},
        {"channels:history", "read what is written in channels"},
    };
    return out;
}

Shape shape() {
    using namespace std::chrono_literals;
    Shape out;
    out.name = "slack";
    out.title = "Slack";
    out.presets = {"slack"};
    out.origins = {"https://slack.com"};
    out.lifetimes = {.code = 10min, .longLived = 12h};
    out.mayLast = true;
    out.authorization = authorization();
    out.client.secret = SecretIn::either;
    out.client.needsGrantType = false;
    out.routes = {{"POST", "/api/oauth.v2.access", tokenEndpoint},
                  {"POST", "/api/auth.test", test},
                  {"POST", "/api/auth.revoke", revoke}};
    out.granted = granted;
    out.refused = refused;
    out.failure = failure;
    return out;
}

} // namespace

const Shape& slack() {
    static const Shape it = shape();
    return it;
}

} // namespace grantlink::sandbox
