// Notion, a public connection:
// https://developers.notion.com/guides/get-started/authorization, …/reference/create-a-token,
// …/reference/refresh-a-token, …/reference/revoke-token, …/reference/status-codes.
//
// Requests are JSON, with HTTP Basic. There are no scopes and no lifetimes; who has approved stands
// in the token endpoint's answer. Refresh tokens rotate. What is revoked is an access token.
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/resources.hpp"
#include "daemon/sandbox/shape.hpp"
#include "daemon/sandbox/token_endpoint.hpp"

namespace grantlink::sandbox {

namespace {

// In the form of a UUID, of an account.
std::string uuid(const std::string& kind, const Account& account) {
    const std::string digits = std::to_string(account.userId);
    const std::string all = kind + std::string(28 - digits.size(), '0') + digits;
    return all.substr(0, 8) + '-' + all.substr(8, 4) + '-' + all.substr(12, 4) + '-' +
           all.substr(16, 4) + '-' + all.substr(20);
}

ServerResponse oauthError(unsigned status, const std::string& error,
                          const std::string& description) {
    Json body = Json::object();
    body.set("error", error)
        .set("error_description", description)
        .set("request_id", randomText(36));
    return jsonAnswer(body, status);
}

ServerResponse refused(const Call&, const Refused& refused) {
    switch (refused.why) {
    case Refusal::wrongClient:
    case Refusal::wrongSecret:
        return oauthError(401, "invalid_client", "Client authentication failed.");
    case Refusal::wrongGrantType:
        return oauthError(400, "unsupported_grant_type", "Unsupported grant type.");
    case Refusal::repeated:
    case Refusal::missing:
        return oauthError(400, "invalid_request",
                          "Missing or repeated parameter: " + refused.about);
    case Refusal::wrongBody:
        return oauthError(400, "invalid_request", "The body must be JSON.");
    case Refusal::otherRedirectUri:
        return oauthError(400, "invalid_grant", "Mismatching redirect URI.");
    case Refusal::wrongRefreshToken:
        return oauthError(400, "invalid_grant", "Invalid refresh token.");
    default:
        return oauthError(400, "invalid_grant", "Invalid code.");
    }
}

Json person(const Account& account) {
    Json mail = Json::object();
    mail.set("email", account.handle + "@example.com");
    Json user = Json::object();
    user.set("object", "user")
        .set("id", uuid("a000", account))
        .set("name", account.name)
        .set("avatar_url", pictureOf(account))
        .set("type", "person")
        .set("person", mail);
    return user;
}

ServerResponse granted(World& world, const Call&, const Approval& approval, bool) {
    const Account& account = *approval.account;
    Json owner = Json::object();
    owner.set("type", "user").set("user", person(account));
    Json answer = Json::object();
    answer.set("access_token", world.ledger.issue(TokenKind::longLived, approval).value)
        .set("token_type", "bearer")
        .set("refresh_token", world.ledger.issue(TokenKind::refresh, approval).value)
        .set("bot_id", uuid("b000", account))
        .set("workspace_icon", Json())
        .set("workspace_name", account.name)
        .set("workspace_id", uuid("c000", account))
        .set("owner", owner)
        .set("duplicated_template_id", Json())
        .set("request_id", randomText(36));
    return jsonAnswer(answer);
}

ServerResponse apiError(unsigned status, const std::string& code, const std::string& message) {
    Json body = Json::object();
    body.set("object", "error")
        .set("status", static_cast<int>(status))
        .set("code", code)
        .set("message", message)
        .set("request_id", randomText(36));
    return jsonAnswer(body, status);
}

ServerResponse failure(const Call&, unsigned status) {
    switch (status) {
    case 404:
    case 405:
        return apiError(400, "invalid_request_url", "Invalid request URL.");
    case 429:
        return apiError(status, "rate_limited",
                        "You have been rate limited. Please try again in a "
                        "few minutes.");
    default:
        return apiError(status, "internal_server_error", "An unexpected error occurred.");
    }
}

ServerResponse revoke(World& world, const Call& call) {
    Json answer = Json::object();
    answer.set("request_id", randomText(36));
    return revocation(world, call, answer);
}

// The connection itself, and whose it is.
ServerResponse me(World& world, const Call& call) {
    const Token* const token = liveToken(world, call);
    if (!token)
        return apiError(401, "unauthorized", "API token is invalid.");
    if (call.request.header("notion-version").empty())
        return apiError(400, "missing_version", "Notion-Version header should be defined.");
    const Account& account = call.accountOr(*token->account);
    Json owner = Json::object();
    owner.set("type", "user").set("user", person(account));
    Json bot = Json::object();
    bot.set("owner", owner).set("workspace_name", account.name);
    Json answer = Json::object();
    answer.set("object", "user")
        .set("id", uuid("b000", account))
        .set("type", "bot")
        .set("bot", bot);
    return jsonAnswer(answer);
}

Authorization authorization() {
    Authorization out;
    out.path = "/v1/oauth/authorize";
    out.fixed = {{"response_type", "code"}, {"owner", "user"}};
    return out;
}

Shape shape() {
    Shape out;
    out.name = "notion";
    out.title = "Notion";
    out.presets = {"notion"};
    out.origins = {"https://api.notion.com", "https://www.notion.so"};
    out.authorization = authorization();
    out.client.secret = SecretIn::header;
    out.client.body = BodyIs::json;
    out.routes = {{"POST", "/v1/oauth/token", tokenEndpoint},
                  {"POST", "/v1/oauth/revoke", revoke},
                  {"GET", "/v1/users/me", me}};
    out.granted = granted;
    out.refused = refused;
    out.failure = failure;
    return out;
}

} // namespace

const Shape& notion() {
    static const Shape it = shape();
    return it;
}

} // namespace grantlink::sandbox
