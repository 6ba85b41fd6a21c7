// GitHub, a GitHub app with tokens that expire, or an OAuth app, whose do not:
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
// and …/refreshing-user-access-tokens, …/troubleshooting-oauth-app-access-token-request-errors,
// …/en/rest/apps/oauth-applications, …/en/rest/activity/events. PKCE:
// https://github.blog/changelog/2025-07-14-pkce-support-for-oauth-and-github-app-authentication
//
// The token endpoint answers with a form unless JSON is asked for, and errors have status 200.
#include "daemon/net/http_client.hpp"
#include "daemon/net/url.hpp"
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/resources.hpp"
#include "daemon/sandbox/shape.hpp"
#include "daemon/sandbox/token_endpoint.hpp"

#include <algorithm>

namespace grantlink::sandbox {

namespace {

ServerResponse tokenAnswer(const Call& call, const Json& body) {
    if (call.request.header("accept").find("application/json") != std::string_view::npos)
        return jsonAnswer(body);
    Headers fields;
    for (const std::string& key : body.keys())
        fields.emplace_back(key, body[key].text());
    ServerResponse response = jsonAnswer(body);
    response.headers.front().second = "application/x-www-form-urlencoded; charset=utf-8";
    response.body = formEncode(fields);
    return response;
}

ServerResponse refuse(const Call& call, const std::string& error, const std::string& description) {
    Json body = Json::object();
    body.set("error", error)
        .set("error_description", description)
        .set("error_uri", "https://docs.github.com/apps/managing-oauth-apps/"
                          "troubleshooting-oauth-app-access-token-request-errors/");
    return tokenAnswer(call, body);
}

ServerResponse refused(const Call& call, const Refused& refused) {
    switch (refused.why) {
    case Refusal::wrongClient:
    case Refusal::wrongSecret:
        return refuse(call, "incorrect_client_credentials",
                      "The client_id and/or client_secret passed are incorrect.");
    case Refusal::wrongGrantType:
        return refuse(call, "unsupported_grant_type", "The grant type is not supported.");
    case Refusal::otherRedirectUri:
        return refuse(call, "redirect_uri_mismatch",
                      "The redirect_uri MUST match the registered callback URL for this "
                      "application.");
    case Refusal::wrongRefreshToken:
        return refuse(call, "bad_refresh_token",
                      "The refresh token passed is incorrect or expired.");
    case Refusal::missing:
        if (refused.about.starts_with("client_"))
            return refuse(call, "incorrect_client_credentials",
                          "The client_id and/or client_secret passed are incorrect.");
        [[fallthrough]];
    default:
        return refuse(call, "bad_verification_code", "The code passed is incorrect or expired.");
    }
}

// Scopes are asked for with blanks between them, and told with commas.
std::string withCommas(std::string scopes) {
    std::replace(scopes.begin(), scopes.end(), ' ', ',');
    return scopes;
}

ServerResponse granted(World& world, const Call& call, const Approval& approval, bool) {
    const Token access = world.ledger.issue(TokenKind::longLived, approval);
    Json answer = Json::object();
    answer.set("access_token", access.value).set("token_type", "bearer");
    if (world.settings.lastingTokens)
        return tokenAnswer(call, answer.set("scope", withCommas(approval.scope)));
    const Token refresh = world.ledger.issue(TokenKind::refresh, approval);
    answer.set("expires_in", lifetimeOf(access))
        .set("refresh_token", refresh.value)
        .set("refresh_token_expires_in", lifetimeOf(refresh))
        .set("scope", ""); // a GitHub app's permissions are registered with it
    return tokenAnswer(call, answer);
}

ServerResponse apiError(unsigned status, const std::string& message) {
    Json body = Json::object();
    body.set("message", message)
        .set("documentation_url", "https://docs.github.com/rest")
        .set("status", std::to_string(status));
    return jsonAnswer(body, status);
}

ServerResponse failure(const Call&, unsigned status) {
    switch (status) {
    case 404:
    case 405:
        return apiError(404, "Not Found");
    case 429:
        return apiError(status, "You have exceeded a secondary rate limit. Please wait a few "
                                "minutes before you try again.");
    default:
        return apiError(status, "Server Error");
    }
}

// Requests without a User-Agent are refused, whoever sends them.
std::optional<ServerResponse> refusal(const World& world, const Call& call) {
    if (call.request.header("user-agent").empty())
        return apiError(403, "Request forbidden by administrative rules. Please make sure your "
                             "request has a User-Agent header");
    if (!liveToken(world, call))
        return apiError(401,
                        bearerOf(call).empty() ? "Requires authentication" : "Bad credentials");
    return std::nullopt;
}

ServerResponse user(World& world, const Call& call) {
    if (const auto answer = refusal(world, call))
        return *answer;
    const Account& account = call.accountOr(*liveToken(world, call)->account);
    Json answer = Json::object();
    answer.set("login", account.handle)
        .set("id", account.userId)
        .set("avatar_url", pictureOf(account))
        .set("html_url", "https://github.com/" + account.handle)
        .set("type", "User")
        .set("name", account.name);
    return jsonAnswer(answer);
}

// A client takes a token back in its own name, by HTTP Basic.
ServerResponse deleteToken(World& world, const Call& call) {
    if (!isClientByBasic(world, call) || call.captured[0] != world.settings.clientId)
        return apiError(401, "Bad credentials");
    if (call.json.get("access_token").empty())
        return apiError(422, "Validation Failed");
    if (!world.ledger.revoke(call.json.get("access_token")))
        return apiError(404, "Not Found");
    ServerResponse response;
    response.status = 204;
    return response;
}

// A post is an issue: of a pull request GitHub does not say where people find it.
Json eventNode(const Account& account, const Post& post) {
    Json actor = Json::object();
    actor.set("id", account.userId).set("login", account.handle);
    Json repository = Json::object();
    repository.set("id", 1).set("name", account.handle + "/sandbox");
    Json issue = Json::object();
    issue.set("html_url", "https://github.com/" + account.handle + "/sandbox/issues/" + post.id);
    Json payload = Json::object();
    payload.set("action", "opened").set("issue", issue);
    Json node = Json::object();
    node.set("id", post.id)
        .set("type", "IssuesEvent")
        .set("actor", actor)
        .set("repo", repository)
        .set("payload", payload)
        .set("public", true)
        .set("created_at", utcOf(post));
    return node;
}

// With per_page (30, at most 100) and page; the next page is in the Link header.
ServerResponse events(World& world, const Call& call) {
    if (const auto answer = refusal(world, call))
        return *answer;
    const Account* const account = findAccount(call.captured[0]);
    const auto size = numberIn(call.query.get("per_page"), 1, 100, 30);
    const auto number = numberIn(call.query.get("page"), 1, 1000, 1);
    if (!account || !size || !number)
        return apiError(404, "Not Found");
    const PostsPage page =
        postsFrom(*account, static_cast<std::size_t>((*number - 1) * *size), *size);
    Json list = Json::array();
    for (const Post& post : page.posts)
        list.push(eventNode(*account, post));
    ServerResponse response = jsonAnswer(list);
    if (page.more) {
        const std::string next = ownUrl(
            call, {{"per_page", std::to_string(*size)}, {"page", std::to_string(*number + 1)}});
        response.headers.emplace_back("Link", "<" + next + ">; rel=\"next\"");
    }
    return response;
}

Authorization authorization() {
    Authorization out;
    out.path = "/login/oauth/authorize";
    out.scopes = {{"read:user", "read your profile"}, {"user:email", "see your mail addresses"}};
    out.pkce = Pkce::optional;
    out.declined = "error=access_denied&"
                   "error_description=The+user+has+denied+your+application+access.";
    return out;
}

Shape shape() {
    using namespace std::chrono_literals;
    Shape out;
    out.name = "github";
    out.title = "GitHub";
    out.presets = {"github"};
    out.origins = {"https://github.com", "https://api.github.com"};
    out.lifetimes = {.code = 10min, .longLived = 8h, .refresh = 184 * 24h};
    out.mayLast = true;
    out.authorization = authorization();
    out.client.body = BodyIs::either;
    out.client.needsGrantType = false;
    out.routes = {{"POST", "/login/oauth/access_token", tokenEndpoint},
                  {"GET", "/user", user},
                  {"GET", "/users/{}/events/public", events},
                  {"DELETE", "/applications/{}/token", deleteToken}};
    out.granted = granted;
    out.refused = refused;
    out.failure = failure;
    return out;
}

} // namespace

const Shape& github() {
    static const Shape it = shape();
    return it;
}

} // namespace grantlink::sandbox
