// X API v2 with OAuth 2.0, a confidential client:
// https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token,
// …/oauth-2-0/authorization-code, https://docs.x.com/x-api/users/get-my-user, …/get-posts.
//
// PKCE is required. A refresh token comes with the scope offline.access, and rotates. Words of
// errors are those that clients report.
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/resources.hpp"
#include "daemon/sandbox/shape.hpp"
#include "daemon/sandbox/token_endpoint.hpp"

namespace grantlink::sandbox {

namespace {

ServerResponse oauthError(unsigned status, const std::string& error,
                          const std::string& description) {
    Json body = Json::object();
    body.set("error", error).set("error_description", description);
    return jsonAnswer(body, status);
}

ServerResponse invalidRequest(const std::string& description) {
    return oauthError(400, "invalid_request", description);
}

ServerResponse refused(const Call&, const Refused& refused) {
    switch (refused.why) {
    case Refusal::wrongClient:
    case Refusal::wrongSecret:
        return oauthError(401, "unauthorized_client", "Missing valid authorization header");
    case Refusal::wrongGrantType:
        return oauthError(400, "unsupported_grant_type",
                          "Value passed for the grant type was invalid.");
    case Refusal::repeated:
        return invalidRequest("Parameter [" + refused.about + "] was passed more than once.");
    case Refusal::missing:
        return invalidRequest("Missing required parameter [" + refused.about + "].");
    case Refusal::wrongBody:
        return invalidRequest("Value passed for the content type was invalid.");
    case Refusal::otherRedirectUri:
        return invalidRequest("Value passed for the redirect uri did not match the uri of the "
                              "authorization code.");
    case Refusal::wrongVerifier:
        return invalidRequest(
            "Value passed for the code verifier did not match the code challenge.");
    case Refusal::wrongRefreshToken:
        return invalidRequest("Value passed for the token was invalid.");
    default:
        return invalidRequest("Value passed for the authorization code was invalid.");
    }
}

ServerResponse granted(World& world, const Call&, const Approval& approval, bool) {
    const Token access = world.ledger.issue(TokenKind::longLived, approval);
    Json answer = Json::object();
    answer.set("token_type", "bearer")
        .set("expires_in", lifetimeOf(access))
        .set("access_token", access.value)
        .set("scope", approval.scope);
    if (hasScope(world, access, "offline.access"))
        answer.set("refresh_token", world.ledger.issue(TokenKind::refresh, approval).value);
    return jsonAnswer(answer);
}

ServerResponse revoke(World& world, const Call& call) {
    Json answer = Json::object();
    answer.set("revoked", true);
    return revocation(world, call, answer, Revocable::allTokens); // RFC 7009, section 2
}

ServerResponse failure(const Call&, unsigned status) {
    switch (status) {
    case 404:
        return problemAnswer(status, "Not Found", "Not Found");
    case 405:
        return problemAnswer(status, "Method Not Allowed", "Method Not Allowed");
    case 429:
        return problemAnswer(status, "Too Many Requests", "Too Many Requests");
    default:
        return problemAnswer(status, "Internal Server Error", "Internal Server Error");
    }
}

std::optional<ServerResponse> refusal(const World& world, const Call& call) {
    const Token* const token = liveToken(world, call);
    if (!token)
        return problemAnswer(401, "Unauthorized", "Unauthorized");
    for (const char* scope : {"tweet.read", "users.read"})
        if (!hasScope(world, *token, scope))
            return problemAnswer(403, "Forbidden", "Forbidden");
    return std::nullopt;
}

ServerResponse me(World& world, const Call& call) {
    if (const auto answer = refusal(world, call))
        return *answer;
    const Account& account = call.accountOr(*liveToken(world, call)->account);
    Json user = Json::object();
    user.set("id", std::to_string(account.userId))
        .set("name", account.name)
        .set("username", account.handle);
    for (const std::string& field : splitList(call.query.get("user.fields")))
        if (field == "profile_image_url")
            user.set(field, pictureOf(account));
    Json answer = Json::object();
    answer.set("data", user);
    return jsonAnswer(answer);
}

const Account* accountOf(const std::string& id) {
    for (const Account& account : accounts())
        if (std::to_string(account.userId) == id)
            return &account;
    return nullptr;
}

Json postNode(const Call& call, const Post& post) {
    Json history = Json::array();
    history.push(post.id);
    Json node = Json::object();
    node.set("id", post.id).set("text", post.caption).set("edit_history_tweet_ids", history);
    for (const std::string& field : splitList(call.query.get("tweet.fields")))
        if (field == "created_at")
            node.set(field, utcOf(post));
    return node;
}

const std::string cursorPrefix = "7140dsandbox";

// With max_results (10; 5 to 100) and pagination_token.
ServerResponse posts(World& world, const Call& call) {
    if (const auto answer = refusal(world, call))
        return *answer;
    const Account* const account = accountOf(call.captured[0]);
    if (!account)
        return problemAnswer(400, "Invalid Request", "The `id` query parameter value is not valid");
    const auto first = placeOf(*account, call.query.get("pagination_token"), cursorPrefix);
    const auto size = numberIn(call.query.get("max_results"), 5, 100, 10);
    if (!first || !size)
        return problemAnswer(400, "Invalid Request",
                             "One or more parameters to your request was invalid.");
    const PostsPage page = postsFrom(*account, *first, *size);
    Json data = Json::array();
    for (const Post& post : page.posts)
        data.push(postNode(call, post));
    Json meta = Json::object();
    meta.set("result_count", static_cast<int>(page.posts.size()));
    if (page.more)
        meta.set("next_token", cursorPrefix + page.posts.back().id);
    Json answer = Json::object();
    if (!page.posts.empty())
        answer.set("data", data);
    answer.set("meta", meta);
    return jsonAnswer(answer);
}

Authorization authorization() {
    Authorization out;
    out.path = "/i/oauth2/authorize";
    out.neededScope = "users.read";
    out.scopes = {
        {"users.read", "see your profile"},
        {"tweet.read", "see your posts"},
        {"tweet.write", "publish posts for you"},
        {"offline.access", "stay connected until you say otherwise"},
    };
    out.fixed = {{"response_type", "code"}};
    out.needsState = true;
    out.pkce = Pkce::required;
    return out;
}

Shape shape() {
    using namespace std::chrono_literals;
    Shape out;
    out.name = "x";
    out.title = "X";
    out.presets = {"x"};
    out.origins = {"https://x.com", "https://api.x.com"};
    out.lifetimes = {.code = 30s, .longLived = 2h, .refresh = 182 * 24h};
    out.authorization = authorization();
    out.client.secret = SecretIn::header;
    out.routes = {{"POST", "/2/oauth2/token", tokenEndpoint},
                  {"POST", "/2/oauth2/revoke", revoke},
                  {"GET", "/2/users/me", me},
                  {"GET", "/2/users/{}/tweets", posts}};
    out.granted = granted;
    out.refused = refused;
    out.failure = failure;
    return out;
}

} // namespace

const Shape& x() {
    static const Shape it = shape();
    return it;
}

} // namespace grantlink::sandbox
