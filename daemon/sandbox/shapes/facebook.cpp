// Facebook Login, for people and for their pages:
// https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow,
// …/guides/access-tokens/get-long-lived, …/docs/pages-api/manage-pages, …/docs/graph-api.
//
// A code buys a token of an hour or two, that one a token of 60 days; nothing refreshes it. With it
// one gets a token for each page that the person manages, which does not expire.
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/resources.hpp"
#include "daemon/sandbox/shape.hpp"
#include "daemon/sandbox/shapes/meta.hpp"
#include "daemon/sandbox/token_endpoint.hpp"

namespace grantlink::sandbox {

namespace {

GraphError describe(const Refused& refused) {
    switch (refused.why) {
    case Refusal::missing:
        return {"Missing " + refused.about + " parameter.",
                refused.about == "redirect_uri" ? 191 : 101};
    case Refusal::repeated:
        return {refused.about + " is given more than once", 100};
    case Refusal::wrongBody:
        return {"Missing client_id parameter.", 101};
    case Refusal::wrongClient:
        return {"Error validating application. Cannot get application info due to a system error.",
                101};
    case Refusal::wrongSecret:
        return {"Error validating client secret.", 1};
    case Refusal::wrongGrantType:
        return {"Unsupported grant_type: " + refused.about, 100};
    case Refusal::expiredCode:
        return {"This authorization code has expired.", 100, 36007};
    case Refusal::otherRedirectUri:
        return {"Error validating verification code. Please make sure your redirect_uri is "
                "identical to the one you used in the OAuth dialog request",
                100, 36008};
    case Refusal::usedCode:
        return {"This authorization code has been used.", 100, 36009};
    default:
        return {"Invalid verification code format.", 100};
    }
}

ServerResponse refused(const Call&, const Refused& refused) {
    return graphError(describe(refused));
}

ServerResponse granted(World& world, const Call&, const Approval& approval, bool) {
    return bearerAnswer(world.ledger.issue(TokenKind::shortLived, approval));
}

// One address for codes and for the exchange to a long-lived token, which is a GET.
ServerResponse exchange(World& world, const Call& call) {
    if (call.query.get("grant_type") != "fb_exchange_token")
        return tokenEndpoint(world, call);
    const auto parameters = clientParameters(world, call);
    if (!parameters)
        return refused(call, parameters.error());
    const CheckedToken token = checkToken(world, parameters->get("fb_exchange_token"));
    if (!token)
        return graphError(token.error());
    return bearerAnswer(world.ledger.issue(TokenKind::longLived, *token));
}

// Each person manages a page of the same name, and another one that has no user name.
std::string pageId(const Account& account) {
    return "1" + account.scopedId;
}

std::string outletId(const Account& account) {
    return "2" + account.scopedId;
}

Json pictureNode(const Account& account) {
    Json data = Json::object();
    data.set("url", pictureOf(account)).set("is_silhouette", false);
    Json picture = Json::object();
    picture.set("data", data);
    return picture;
}

Json userNode(const Account& account) {
    Json node = Json::object();
    node.set("id", account.scopedId)
        .set("name", account.name)
        .set("email", account.handle + "@example.com")
        .set("picture", pictureNode(account));
    return node;
}

Json pageNode(World& world, const Token& token, const Account& account, const std::string& id) {
    const bool own = id == pageId(account);
    Json node = Json::object();
    node.set("id", id)
        .set("name", own ? account.name : account.name + " Outlet")
        .set("category", "Shop")
        .set("access_token", world.ledger.issue(TokenKind::page, token, id).value)
        .set("picture", pictureNode(account));
    if (own)
        node.set("username", account.handle);
    return node;
}

const NodeType userType = {"User", {"id", "name", "email", "picture"}};
const NodeType pageType = {"Page",
                           {"id", "name", "username", "category", "access_token", "picture"}};
const NodeType postType = {
    "Post", {"id", "message", "story", "permalink_url", "created_time", "full_picture"}};

ServerResponse me(World& world, const Call& call) {
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    const Account& account = call.accountOr(*token->account);
    if (token->kind == TokenKind::page)
        return nodeAnswer(call, pageNode(world, *token, account, token->page), pageType);
    return nodeAnswer(call, userNode(account), userType);
}

ServerResponse pages(World& world, const Call& call) {
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    if (token->kind == TokenKind::page)
        return graphError(
            {"(#100) Tried accessing nonexisting field (accounts) on node type (Page)"});
    Json list = Json::array();
    const Account& account = call.accountOr(*token->account);
    if (hasScope(world, *token, "pages_show_list"))
        for (const std::string& id : {outletId(account), pageId(account)}) {
            const Json node = pageNode(world, *token, account, id);
            const auto selected = selectFields(call, node, pageType);
            if (!selected)
                return graphError(selected.error());
            list.push(*selected);
        }
    Json answer = Json::object();
    answer.set("data", list);
    return jsonAnswer(answer);
}

Json postNode(const Account& account, const Post& post) {
    Json node = Json::object();
    node.set("id", account.scopedId + "_" + post.id)
        .set("permalink_url", "https://www.facebook.com/" + account.scopedId + "/posts/" + post.id)
        .set("created_time", post.timestamp)
        .set("full_picture", pictureOf(post));
    if (post.caption.empty())
        node.set("story", account.name + " added a new photo.");
    else
        node.set("message", post.caption);
    return node;
}

ServerResponse emptyList() {
    Json answer = Json::object();
    answer.set("data", Json::array());
    return jsonAnswer(answer);
}

// Of the person, or of the page whose token it is.
ServerResponse ownPosts(World& world, const Call& call) {
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    const bool page = token->kind == TokenKind::page;
    if (!hasScope(world, *token, page ? "pages_read_engagement" : "user_posts"))
        return emptyList(); // what one may not see is not there
    return postsAnswer(call, call.accountOr(*token->account), postNode, postType);
}

ServerResponse postsOf(World& world, const Call& call) {
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    const Account& account = call.accountOr(*token->account);
    const std::string& id = call.captured[0];
    if (id == outletId(account) && token->page == id)
        return emptyList();
    if (id != account.scopedId && (id != pageId(account) || token->page != id))
        return graphError({"Unsupported get request. Object with ID '" + id +
                               "' does not exist, cannot be loaded due to missing permissions, or "
                               "does not support this operation",
                           100, 33, "GraphMethodException"});
    return ownPosts(world, call);
}

// The app is taken out of the person's list, with all its tokens.
ServerResponse removePermissions(World& world, const Call& call) {
    const CheckedToken token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    if (token->kind == TokenKind::page)
        return graphError({"(#100) Permissions are a person's"});
    world.ledger.kill(*token->account);
    Json answer = Json::object();
    answer.set("success", true);
    return jsonAnswer(answer);
}

Authorization authorization() {
    Authorization out;
    out.path = "/dialog/oauth";
    out.separator = ',';
    out.scopes = {
        {"public_profile", "see your name and your picture"},
        {"email", "see your mail address"},
        {"user_posts", "see your posts"},
        {"pages_show_list", "see which pages you manage"},
        {"pages_read_engagement", "read what your pages publish"},
    };
    out.declined = "error=access_denied&error_code=200&error_description=Permissions+error&"
                   "error_reason=user_denied";
    out.fragment = "#_=_";
    return out;
}

Shape shape() {
    using namespace std::chrono_literals;
    Shape out;
    out.name = "facebook";
    out.title = "Facebook";
    out.presets = {"facebook", "facebook-page"};
    out.origins = {"https://www.facebook.com", "https://graph.facebook.com"};
    out.versioned = true;
    out.lifetimes = {.code = 10min, .shortLived = 1h, .longLived = 60 * 24h};
    out.authorization = authorization();
    out.client.needsGrantType = false;
    out.client.refreshes = false;
    out.routes = {{"GET", "/oauth/access_token", exchange},
                  {"POST", "/oauth/access_token", tokenEndpoint},
                  {"GET", "/me", me},
                  {"GET", "/me/accounts", pages},
                  {"GET", "/me/posts", ownPosts},
                  {"GET", "/{}/posts", postsOf},
                  {"DELETE", "/me/permissions", removePermissions}};
    out.granted = granted;
    out.refused = refused;
    out.failure = graphFailure;
    return out;
}

} // namespace

const Shape& facebook() {
    static const Shape it = shape();
    return it;
}

} // namespace grantlink::sandbox
