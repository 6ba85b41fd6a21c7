#include "daemon/sandbox/shapes/meta.hpp"

#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/resources.hpp"

#include <algorithm>

namespace grantlink::sandbox {

namespace {

constexpr int deadToken = 190;
constexpr int defaultPage = 25;
constexpr int maxPage = 100;

std::string tokenOf(const Call& call) {
    const std::string bearer = bearerOf(call);
    return bearer.empty() ? call.query.get("access_token") : bearer;
}

// A cursor names the post before the page's start; only this sandbox reads it.
const std::string cursorPrefix = "QVFIsandbox";

// As Meta does, the next page's address carries the access token.
std::string nextUrl(const Call& call, const std::string& after) {
    Parameters::Fields query;
    for (const auto& [name, value] : call.query.fields())
        if (name != "after" && name != "access_token")
            query.emplace_back(name, value);
    query.emplace_back("access_token", tokenOf(call));
    query.emplace_back("after", after);
    return ownUrl(call, query);
}

Json paging(const Call& call, const PostsPage& page) {
    const std::string after = cursorPrefix + page.posts.back().id;
    Json cursors = Json::object();
    cursors.set("before", cursorPrefix + page.posts.front().id).set("after", after);
    Json json = Json::object();
    json.set("cursors", cursors);
    if (page.more)
        json.set("next", nextUrl(call, after));
    return json;
}

} // namespace

ServerResponse graphError(const GraphError& error) {
    Json inner = Json::object();
    inner.set("message", error.message).set("type", error.type).set("code", error.code);
    if (error.subcode != 0)
        inner.set("error_subcode", error.subcode);
    inner.set("fbtrace_id", randomText(23));
    Json body = Json::object();
    body.set("error", inner);
    return jsonAnswer(body, error.status);
}

ServerResponse graphFailure(const Call& call, unsigned status) {
    switch (status) {
    case 404:
        return graphError(
            {"Unknown path components: " + call.request.path, 2500, 0, "OAuthException", status});
    case 405:
        return graphError({"Unsupported request - method type: " + call.request.method, 100, 0,
                           "IGApiException"});
    case 429:
        return graphError({"Application request limit reached", 4, 0, "OAuthException", status});
    default:
        return graphError({"An unexpected error has occurred. Please retry your request later.", 2,
                           0, "OAuthException", status});
    }
}

CheckedToken checkToken(const World& world, const Call& call) {
    return checkToken(world, tokenOf(call));
}

CheckedToken checkToken(const World& world, const std::string& value) {
    if (value.empty())
        return GraphError{"An access token is required to request this resource.", 104};
    const Token* const token = world.ledger.find(value);
    if (!token)
        return GraphError{"Invalid OAuth access token - Cannot parse access token", deadToken};
    if (token->killed)
        return GraphError{"Error validating access token: The session has been invalidated "
                          "because the user changed their password or removed the app.",
                          deadToken, 460};
    if (!world.ledger.alive(*token))
        return GraphError{"Error validating access token: Session has expired.", deadToken, 463};
    return *token;
}

ServerResponse bearerAnswer(const Token& token) {
    Json answer = Json::object();
    answer.set("access_token", token.value)
        .set("token_type", "bearer")
        .set("expires_in", lifetimeOf(token));
    return jsonAnswer(answer);
}

Selected selectFields(const Call& call, const Json& node, const NodeType& type) {
    Json out = Json::object();
    for (const std::string& field : splitList(call.query.get("fields"))) {
        if (std::find(type.fields.begin(), type.fields.end(), field) == type.fields.end())
            return GraphError{"Tried accessing nonexisting field (" + field + ") on node type (" +
                                  type.name + ")",
                              100, 0, "IGApiException"};
        if (!node[field].isNull())
            out.set(field, node[field]);
    }
    return out.set("id", node["id"]);
}

ServerResponse nodeAnswer(const Call& call, const Json& node, const NodeType& type) {
    const Selected selected = selectFields(call, node, type);
    return selected ? jsonAnswer(*selected) : graphError(selected.error());
}

ServerResponse postsAnswer(const Call& call, const Account& account, PostNode nodeOf,
                           const NodeType& type) {
    const auto first = placeOf(account, call.query.get("after"), cursorPrefix);
    const auto size = numberIn(call.query.get("limit"), 1, 1000000, defaultPage);
    if (!first || !size)
        return graphError({!first ? "Invalid cursor" : "Param limit must be a positive integer"});
    const PostsPage page = postsFrom(account, *first, std::min(*size, maxPage));
    Json list = Json::array();
    for (const Post& post : page.posts) {
        const Selected node = selectFields(call, nodeOf(account, post), type);
        if (!node)
            return graphError(node.error());
        list.push(*node);
    }
    Json answer = Json::object();
    answer.set("data", list);
    if (!page.posts.empty())
        answer.set("paging", paging(call, page));
    return jsonAnswer(answer);
}

} // namespace grantlink::sandbox
