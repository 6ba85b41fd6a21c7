#include "daemon/sandbox/graph.hpp"

#include "daemon/net/http_client.hpp"
#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"

#include <boost/system/result.hpp>

#include <algorithm>
#include <charconv>

namespace grantlink::sandbox {

namespace {

constexpr int deadToken = 190;
constexpr int defaultPage = 25;
constexpr int maxPage = 100;

using Checked = boost::system::result<Token, GraphError>;

std::string tokenOf(const Call& call) {
    const std::string_view header = call.request.header("authorization");
    const std::string_view scheme = "Bearer ";
    if (header.starts_with(scheme))
        return std::string(header.substr(scheme.size()));
    return call.query.get("access_token");
}

Checked checkToken(const World& world, const Call& call) {
    const std::string value = tokenOf(call);
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

std::optional<GraphError> checkGrantType(const Call& call, const std::string& wanted) {
    if (call.query.get("grant_type") == wanted)
        return std::nullopt;
    return GraphError{"Param grant_type must be one of {" + wanted + "}", 100, 0, "IGApiException"};
}

ServerResponse longLivedAnswer(World& world, const Token& old) {
    const Token token = world.ledger.upgrade(old);
    const auto life = unixSeconds(token.expires) - unixSeconds(token.issued);
    Json answer = Json::object();
    answer.set("access_token", token.value).set("token_type", "bearer").set("expires_in", life);
    return jsonAnswer(answer);
}

// Fields of a node that the caller asked for. "id" is always among them.
boost::system::result<Json, GraphError> select(const Json& node, const std::string& fields,
                                               const std::string& type,
                                               const std::vector<std::string>& known) {
    Json out = Json::object();
    for (const std::string& field : splitList(fields)) {
        if (std::find(known.begin(), known.end(), field) == known.end())
            return GraphError{"Tried accessing nonexisting field (" + field + ") on node type (" +
                                  type + ")",
                              100, 0, "IGApiException"};
        if (!node[field].isNull())
            out.set(field, node[field]);
    }
    return out.set("id", node["id"]);
}

Json userNode(const Account& account) {
    Json node = Json::object();
    node.set("id", account.scopedId)
        .set("user_id", std::to_string(account.userId))
        .set("username", account.handle)
        .set("name", account.name)
        .set("account_type", account.accountType)
        .set("profile_picture_url", "https://media.sandbox.invalid/" + account.handle + ".jpg")
        .set("followers_count", 1234)
        .set("follows_count", 56)
        .set("media_count", static_cast<int>(account.posts.size()));
    return node;
}

Json mediaNode(const Account& account, const Post& post) {
    const bool video = post.mediaType == "VIDEO";
    const std::string file = "https://media.sandbox.invalid/" + post.id;
    Json node = Json::object();
    node.set("id", post.id)
        .set("media_type", post.mediaType)
        .set("media_url", file + (video ? ".mp4" : ".jpg"))
        .set("permalink", "https://www.instagram.com/p/" + post.id + "/")
        .set("timestamp", post.timestamp)
        .set("username", account.handle);
    if (!post.caption.empty())
        node.set("caption", post.caption);
    if (video)
        node.set("thumbnail_url", file + ".jpg");
    return node;
}

// A cursor names the post before the page's start; only this sandbox reads it.
const std::string cursorPrefix = "QVFIsandbox";

std::optional<std::size_t> pageStart(const Account& account, const std::string& cursor) {
    if (cursor.empty())
        return 0;
    for (std::size_t i = 0; i < account.posts.size(); ++i)
        if (cursor == cursorPrefix + account.posts[i].id)
            return i + 1;
    return std::nullopt;
}

std::optional<int> pageSize(const std::string& limit) {
    if (limit.empty())
        return defaultPage;
    int size = 0;
    const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), size);
    if (error != std::errc() || end != limit.data() + limit.size() || size < 1)
        return std::nullopt;
    return std::min(size, maxPage);
}

// As Meta does, the next page's address carries the access token.
std::string nextUrl(const Call& call, const std::string& after) {
    Headers query;
    for (const auto& [name, value] : call.query.fields())
        if (name != "after" && name != "access_token")
            query.emplace_back(name, value);
    query.emplace_back("access_token", tokenOf(call));
    query.emplace_back("after", after);
    return "http://" + std::string(call.request.header("host")) + call.request.path + "?" +
           formEncode(query);
}

Json paging(const Call& call, const Account& account, std::size_t first, std::size_t last) {
    const std::string after = cursorPrefix + account.posts[last - 1].id;
    Json cursors = Json::object();
    cursors.set("before", cursorPrefix + account.posts[first].id).set("after", after);
    Json json = Json::object();
    json.set("cursors", cursors);
    if (last < account.posts.size())
        json.set("next", nextUrl(call, after));
    return json;
}

} // namespace

ServerResponse exchangeToken(World& world, const Call& call) {
    if (const auto error = checkGrantType(call, "ig_exchange_token"))
        return graphError(*error);
    if (!sameSecret(call.query.get("client_secret"), world.settings.clientSecret))
        return graphError({"Error validating client secret.", 1});
    const Checked token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    if (token->kind == TokenKind::longLived)
        return graphError({"Session key invalid. This could be because the session key has an "
                           "incorrect format, or because the user has revoked this session",
                           452});
    return longLivedAnswer(world, *token);
}

ServerResponse refreshToken(World& world, const Call& call) {
    if (const auto error = checkGrantType(call, "ig_refresh_token"))
        return graphError(*error);
    const Checked token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    if (token->kind != TokenKind::longLived)
        return graphError(
            {"Only long-lived access tokens can be refreshed", 100, 0, "IGApiException"});
    if (world.clock.now() < token->issued + world.settings.refreshMinAge)
        return graphError({"The access token must be at least 24 hours old to be refreshed", 100, 0,
                           "IGApiException"});
    return longLivedAnswer(world, *token);
}

ServerResponse me(World& world, const Call& call) {
    const Checked token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    const auto node =
        select(userNode(call.accountOr(*token->account)), call.query.get("fields"), "InstagramUser",
               {"id", "user_id", "username", "name", "account_type", "profile_picture_url",
                "followers_count", "follows_count", "media_count"});
    return node ? jsonAnswer(*node) : graphError(node.error());
}

ServerResponse media(World& world, const Call& call) {
    const Checked token = checkToken(world, call);
    if (!token)
        return graphError(token.error());
    const Account& account = call.accountOr(*token->account);
    const auto first = pageStart(account, call.query.get("after"));
    const auto size = pageSize(call.query.get("limit"));
    if (!first || !size)
        return graphError({!first ? "Invalid cursor" : "Param limit must be a positive integer"});

    const std::size_t last =
        std::min(account.posts.size(), *first + static_cast<std::size_t>(*size));
    Json list = Json::array();
    for (std::size_t i = *first; i < last; ++i) {
        const auto node =
            select(mediaNode(account, account.posts[i]), call.query.get("fields"), "InstagramMedia",
                   {"id", "caption", "media_type", "media_url", "permalink", "thumbnail_url",
                    "timestamp", "username"});
        if (!node)
            return graphError(node.error());
        list.push(*node);
    }
    Json answer = Json::object();
    answer.set("data", list);
    if (last > *first)
        answer.set("paging", paging(call, account, *first, last));
    return jsonAnswer(answer);
}

} // namespace grantlink::sandbox
