// TikTok Login Kit for Web and the Display API:
// https://developers.tiktok.com/doc/oauth-user-access-token-management, …/doc/oauth-error-handling,
// …/docs/en/oauth-refresh-a-user-access-token, …/doc/tiktok-api-v2-error-handling,
// …/doc/tiktok-api-v2-get-user-info, …/doc/tiktok-api-v2-video-list.
//
// The client is called client_key, scopes are divided by commas. The token endpoint answers errors
// as OAuth does, but with status 200; the API has an `error` in each answer, whose code is "ok"
// when there is none. Refresh tokens rotate. What is revoked is an access token.
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/resources.hpp"
#include "daemon/sandbox/shape.hpp"
#include "daemon/sandbox/token_endpoint.hpp"

#include <set>

namespace grantlink::sandbox {

namespace {

std::string openId(const Account& account) {
    return "-000" + account.scopedId;
}

ServerResponse oauthError(const std::string& error, const std::string& description) {
    Json body = Json::object();
    body.set("error", error).set("error_description", description).set("log_id", randomText(32));
    return jsonAnswer(body);
}

ServerResponse refused(const Call&, const Refused& refused) {
    switch (refused.why) {
    case Refusal::repeated:
    case Refusal::missing:
    case Refusal::wrongBody:
        return oauthError("invalid_request", "The request parameters are malformed.");
    case Refusal::wrongClient:
    case Refusal::wrongSecret:
        return oauthError("invalid_client", "Client key or secret is incorrect.");
    case Refusal::wrongGrantType:
        return oauthError("unsupported_grant_type", "Grant type is not supported.");
    case Refusal::otherRedirectUri:
        return oauthError("invalid_grant",
                          "Redirect_uri is not matched with the uri when requesting code.");
    case Refusal::wrongRefreshToken:
        return oauthError("invalid_grant", "Refresh token is invalid or expired.");
    default:
        return oauthError("invalid_grant", "Authorization code is expired.");
    }
}

ServerResponse granted(World& world, const Call&, const Approval& approval, bool) {
    const Token access = world.ledger.issue(TokenKind::longLived, approval);
    const Token refresh = world.ledger.issue(TokenKind::refresh, approval);
    Json answer = Json::object();
    answer.set("access_token", access.value)
        .set("expires_in", lifetimeOf(access))
        .set("open_id", openId(*approval.account))
        .set("refresh_expires_in", lifetimeOf(refresh))
        .set("refresh_token", refresh.value)
        .set("scope", approval.scope)
        .set("token_type", "Bearer");
    return jsonAnswer(answer);
}

ServerResponse revoke(World& world, const Call& call) {
    return revocation(world, call, Json::object());
}

ServerResponse apiAnswer(const Json& data, const std::string& code, const std::string& message,
                         unsigned status) {
    Json error = Json::object();
    error.set("code", code).set("message", message).set("log_id", randomText(32));
    Json body = Json::object();
    body.set("data", data).set("error", error);
    return jsonAnswer(body, status);
}

ServerResponse apiError(unsigned status, const std::string& code, const std::string& message) {
    return apiAnswer(Json::object(), code, message, status);
}

ServerResponse failure(const Call&, unsigned status) {
    switch (status) {
    case 404:
    case 405:
        return apiError(status, "invalid_params", "Unsupported path or method");
    case 429:
        return apiError(status, "rate_limit_exceeded",
                        "The API rate limit was exceeded. Please try again later.");
    default:
        return apiError(status, "internal_error", "Something went wrong on TikTok's side");
    }
}

ServerResponse invalidParameters(const std::string& message) {
    return apiError(400, "invalid_params", message);
}

ServerResponse tokenInvalid() {
    return apiError(401, "access_token_invalid",
                    "The access token is invalid or not found in the request.");
}

ServerResponse scopeMissing() {
    return apiError(401, "scope_not_authorized",
                    "The user did not authorize the scope required for completing this request.");
}

// The fields that are asked for in the query; nothing when one of them is unknown, or there is
// none.
std::optional<Json> selected(const Call& call, const Json& node) {
    const auto fields = splitList(call.query.get("fields"));
    Json out = Json::object();
    for (const std::string& field : fields) {
        if (node[field].isNull())
            return std::nullopt;
        out.set(field, node[field]);
    }
    return fields.empty() ? std::nullopt : std::optional(out);
}

Json userNode(const Account& account) {
    Json node = Json::object();
    node.set("open_id", openId(account))
        .set("union_id", "union" + account.scopedId)
        .set("avatar_url", pictureOf(account))
        .set("display_name", account.name)
        .set("username", account.handle)
        .set("profile_deep_link", "https://www.tiktok.com/@" + account.handle)
        .set("is_verified", false)
        .set("bio_description", "");
    return node;
}

ServerResponse userInfo(World& world, const Call& call) {
    static const std::set<std::string> ofProfile = {"username", "profile_deep_link", "is_verified",
                                                    "bio_description"};
    const Token* const token = liveToken(world, call);
    if (!token)
        return tokenInvalid();
    for (const std::string& field : splitList(call.query.get("fields")))
        if (!hasScope(world, *token,
                      ofProfile.contains(field) ? "user.info.profile" : "user.info.basic"))
            return scopeMissing();
    const auto user = selected(call, userNode(call.accountOr(*token->account)));
    if (!user)
        return invalidParameters("fields: is missing, or names a field that there is not");
    Json data = Json::object();
    data.set("user", *user);
    return apiAnswer(data, "ok", "", 200);
}

Json videoNode(const Account& account, const Post& post) {
    Json node = Json::object();
    node.set("id", post.id)
        .set("title", post.caption)
        .set("video_description", post.caption)
        .set("share_url", "https://www.tiktok.com/@" + account.handle + "/video/" + post.id)
        .set("create_time", unixTimeOf(post))
        .set("cover_image_url", pictureOf(post));
    return node;
}

// The place behind all that are not older than this time, in milliseconds.
std::size_t placeAt(const Account& account, std::int64_t milliseconds) {
    std::size_t place = 0;
    while (place < account.posts.size() && unixTimeOf(account.posts[place]) * 1000 >= milliseconds)
        ++place;
    return place;
}

// Fields in the query; cursor (a time in milliseconds) and max_count (10, at most 20) in the body.
ServerResponse videoList(World& world, const Call& call) {
    const Token* const token = liveToken(world, call);
    if (!token)
        return tokenInvalid();
    if (!hasScope(world, *token, "video.list"))
        return scopeMissing();
    const Json body = call.request.body.empty() ? Json::object() : Json::parse(call.request.body);
    const Json cursor = body["cursor"], count = body["max_count"];
    if (!body.isObject() || !(cursor.isNull() || cursor.isInteger()) ||
        !(count.isNull() || (count.isInteger() && count.integer() > 0 && count.integer() <= 20)))
        return invalidParameters("cursor or max_count is invalid");

    const Account& account = call.accountOr(*token->account);
    const std::size_t first = cursor.integer() == 0 ? 0 : placeAt(account, cursor.integer());
    const PostsPage page = postsFrom(account, first, static_cast<int>(count.integer(10)));
    Json videos = Json::array();
    for (const Post& post : page.posts) {
        const auto video = selected(call, videoNode(account, post));
        if (!video)
            return invalidParameters("fields: is missing, or names a field that there is not");
        videos.push(*video);
    }
    Json data = Json::object();
    data.set("videos", videos)
        .set("cursor", page.posts.empty() ? cursor.integer() : unixTimeOf(page.posts.back()) * 1000)
        .set("has_more", page.more);
    return apiAnswer(data, "ok", "", 200);
}

Authorization authorization() {
    Authorization out;
    out.path = "/v2/auth/authorize/";
    out.clientId = "client_key";
    out.separator = ',';
    out.neededScope = "user.info.basic";
    out.scopes = {
        {"user.info.basic", "see your name and your picture"},
        {"user.info.profile", "see your user name and your profile"},
        {"user.info.stats", "see how many follow you"},
        {"video.list", "see your public videos"},
    };
    out.fixed = {{"response_type", "code"}};
    out.needsState = true;
    out.grantedScopes = "scopes";
    out.declined = "error=access_denied&error_description=The+user+denied+the+request";
    return out;
}

Shape shape() {
    using namespace std::chrono_literals;
    Shape out;
    out.name = "tiktok";
    out.title = "TikTok";
    out.presets = {"tiktok"};
    out.origins = {"https://www.tiktok.com", "https://open.tiktokapis.com"};
    out.lifetimes = {.code = 10min, .longLived = 2h, .refresh = 180 * 24h};
    out.authorization = authorization();
    out.client.clientId = "client_key";
    out.routes = {{"POST", "/v2/oauth/token/", tokenEndpoint},
                  {"POST", "/v2/oauth/revoke/", revoke},
                  {"GET", "/v2/user/info/", userInfo},
                  {"POST", "/v2/video/list/", videoList}};
    out.granted = granted;
    out.refused = refused;
    out.failure = failure;
    return out;
}

} // namespace

const Shape& tiktok() {
    static const Shape it = shape();
    return it;
}

} // namespace grantlink::sandbox
