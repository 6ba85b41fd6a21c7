// Instagram API with Instagram Login:
// https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login
//
// A code buys a token of an hour, that one a token of 60 days, which prolongs itself.
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/resources.hpp"
#include "daemon/sandbox/shape.hpp"
#include "daemon/sandbox/shapes/meta.hpp"
#include "daemon/sandbox/token_endpoint.hpp"

namespace grantlink::sandbox {

namespace {

const std::string tokenPath = "/oauth/access_token";

// {"error_type","code","error_message"}: what api.instagram.com answers.
ServerResponse apiError(unsigned status, const std::string& message) {
    Json body = Json::object();
    body.set("error_type", "OAuthException")
        .set("code", static_cast<int>(status))
        .set("error_message", message);
    return jsonAnswer(body, status);
}

std::string describe(const Refused& refused) {
    switch (refused.why) {
    case Refusal::repeated:
        return refused.about + " is given more than once";
    case Refusal::missing:
        return "Missing required field " + refused.about;
    case Refusal::wrongBody:
        return "Missing required field client_id";
    case Refusal::wrongClient:
        return "Invalid platform app";
    case Refusal::wrongSecret:
        return "Error validating client secret.";
    case Refusal::wrongGrantType:
        return "Invalid grant_type: " + refused.about;
    case Refusal::usedCode:
        return "This authorization code has been used";
    case Refusal::expiredCode:
        return "This authorization code has expired";
    case Refusal::otherRedirectUri:
        return "Error validating verification code. Please make sure your redirect_uri is "
               "identical to the one you used in the OAuth dialog request";
    default:
        return "Matching code was not found or was already used";
    }
}

ServerResponse refused(const Call&, const Refused& refused) {
    return apiError(400, describe(refused));
}

ServerResponse granted(World& world, const Call&, const Approval& approval, bool) {
    const Token token = world.ledger.issue(TokenKind::shortLived, approval);
    Json permissions = Json::array();
    for (const std::string& scope : splitList(token.scope))
        permissions.push(scope);
    Json grant = Json::object();
    grant.set("access_token", token.value)
        .set("user_id", token.account->userId)
        .set("permissions", world.settings.wrappedTokens ? Json(token.scope) : permissions);
    if (!world.settings.wrappedTokens)
        return jsonAnswer(grant);
    Json list = Json::array();
    list.push(grant);
    Json answer = Json::object();
    answer.set("data", list);
    return jsonAnswer(answer);
}

ServerResponse failure(const Call& call, unsigned status) {
    return status == 405 && call.request.path == tokenPath ? apiError(405, "Unsupported method")
                                                           : graphFailure(call, status);
}

std::optional<GraphError> checkGrantType(const Call& call, const std::string& wanted) {
    if (call.query.get("grant_type") == wanted)
        return std::nullopt;
    return GraphError{"Param grant_type must be one of {" + wanted + "}", 100, 0, "IGApiException"};
}

ServerResponse exchangeToken(World& world, const Call& call) {
    if (const auto error = checkGrantType(call, "ig_exchange_token"))
        return graphError(*error);
    if (!sameSecret(call.query.get("client_secret"), world.settings.clientSecret))
        return graphError({"Error validating client secret.", 1});
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    if (token->kind != TokenKind::shortLived)
        return graphError({"Session key invalid. This could be because the session key has an "
                           "incorrect format, or because the user has revoked this session",
                           452});
    return bearerAnswer(world.ledger.issue(TokenKind::longLived, *token));
}

ServerResponse refreshToken(World& world, const Call& call) {
    if (const auto error = checkGrantType(call, "ig_refresh_token"))
        return graphError(*error);
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    if (token->kind != TokenKind::longLived)
        return graphError(
            {"Only long-lived access tokens can be refreshed", 100, 0, "IGApiException"});
    if (world.clock.now() < token->issued + world.settings.lifetimes.refreshMinAge)
        return graphError({"The access token must be at least 24 hours old to be refreshed", 100, 0,
                           "IGApiException"});
    return bearerAnswer(world.ledger.issue(TokenKind::longLived, *token));
}

Json userNode(const Account& account) {
    Json node = Json::object();
    node.set("id", account.scopedId)
        .set("user_id", std::to_string(account.userId))
        .set("username", account.handle)
        .set("name", account.name)
        .set("account_type", account.accountType)
        .set("profile_picture_url", pictureOf(account))
        .set("followers_count", 1234)
        .set("follows_count", 56)
        .set("media_count", static_cast<int>(account.posts.size()));
    return node;
}

ServerResponse me(World& world, const Call& call) {
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    return nodeAnswer(call, userNode(call.accountOr(*token->account)),
                      {"InstagramUser",
                       {"id", "user_id", "username", "name", "account_type", "profile_picture_url",
                        "followers_count", "follows_count", "media_count"}});
}

Json mediaNode(const Account& account, const Post& post) {
    const bool video = post.mediaType == "VIDEO";
    const std::string picture = pictureOf(post);
    Json node = Json::object();
    node.set("id", post.id)
        .set("media_type", post.mediaType)
        .set("media_url", video ? picture.substr(0, picture.rfind('.')) + ".mp4" : picture)
        .set("permalink", "https://www.instagram.com/p/" + post.id + "/")
        .set("timestamp", post.timestamp)
        .set("username", account.handle);
    if (!post.caption.empty())
        node.set("caption", post.caption);
    if (video)
        node.set("thumbnail_url", picture);
    return node;
}

ServerResponse media(World& world, const Call& call) {
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    return postsAnswer(call, call.accountOr(*token->account), mediaNode,
                       {"InstagramMedia",
                        {"id", "caption", "media_type", "media_url", "permalink", "thumbnail_url",
                         "timestamp", "username"}});
}

Authorization authorization() {
    Authorization out;
    out.path = "/oauth/authorize";
    out.separator = ',';
    out.neededScope = "instagram_business_basic";
    out.scopes = {
        {"instagram_business_basic", "see your profile and your posts"},
        {"instagram_business_content_publish", "publish posts for you"},
        {"instagram_business_manage_comments", "read and answer comments"},
        {"instagram_business_manage_insights", "see statistics of your account"},
        {"instagram_business_manage_messages", "read and answer your messages"},
    };
    out.fixed = {{"response_type", "code"}};
    out.declined = "error=access_denied&error_reason=user_denied&"
                   "error_description=The+user+denied+your+request";
    out.fragment = "#_";
    return out;
}

Shape shape() {
    using namespace std::chrono_literals;
    Shape out;
    out.name = "instagram";
    out.title = "Instagram";
    out.presets = {"instagram"};
    out.origins = {"https://www.instagram.com", "https://api.instagram.com",
                   "https://graph.instagram.com"};
    out.versioned = true;
    out.lifetimes = {.code = 1h, .shortLived = 1h, .longLived = 60 * 24h, .refreshMinAge = 24h};
    out.authorization = authorization();
    out.client.refreshes = false;
    out.routes = {{"POST", tokenPath, tokenEndpoint},
                  {"GET", "/access_token", exchangeToken},
                  {"GET", "/refresh_access_token", refreshToken},
                  {"GET", "/me", me},
                  {"GET", "/me/media", media}};
    out.granted = granted;
    out.refused = refused;
    out.failure = failure;
    return out;
}

} // namespace

const Shape& instagram() {
    static const Shape it = shape();
    return it;
}

} // namespace grantlink::sandbox
