#include "daemon/admin/posts.hpp"

#include "daemon/admin/media.hpp"
#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/net/url.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/printable.hpp"
#include "daemon/text/rfc3339.hpp"
#include "shared/name_table.hpp"
#include "shared/trimmed.hpp"

#include <map>

namespace grantlink {

namespace {

constexpr std::size_t mostPosts = 200; // of a page

constexpr NameTable<PostFormat, 3> formatNames{
    {{PostFormat::json, "json"}, {PostFormat::jsonFeed, "jsonfeed"}, {PostFormat::atom, "atom"}}};

constexpr NameTable<PostFormat, 3> mediaTypes{{{PostFormat::json, "application/json"},
                                               {PostFormat::jsonFeed, "application/feed+json"},
                                               {PostFormat::atom, "application/atom+xml"}}};

ServerResponse respond(PostFormat format, std::string body) {
    const std::string type(nameIn(mediaTypes, format));
    return {200, {{"Content-Type", type}, {"Vary", "Accept"}}, std::move(body)};
}

std::string accountOf(const Connection& connection) {
    return connection.approved ? displayHandle(connection.approved->handle, connection.account)
                               : connection.account;
}

} // namespace

struct PostsApi::Wanted {
    PostQuery query;
    PostFormat format = PostFormat::json;
    std::optional<Connection> connection; // nothing: of all
};

std::optional<PostFormat> postFormat(std::string_view parameter, std::string_view accept) {
    if (!parameter.empty())
        return valueIn(formatNames, parameter);
    while (!accept.empty()) {
        const std::string_view range = accept.substr(0, accept.find(','));
        accept.remove_prefix(std::min(accept.size(), range.size() + 1));
        const std::string type = lowerCase(trimmed(range.substr(0, range.find(';'))));
        if (const auto known = valueIn(mediaTypes, type))
            return known;
    }
    return PostFormat::json;
}

namespace {

// Answers the format; the rest goes into the query.
PostFormat readQuery(const ServerRequest& request, PostQuery& out) {
    std::string format;
    for (const auto& [name, value] : parseForm(request.query)) {
        if (name == "limit") {
            out.limit = limitOf(value, mostPosts);
        } else if (name == "after") {
            out.after = PostPlace::parse(value);
            if (!out.after)
                throw badRequest("after must be the \"next\" of the page before", name);
        } else if (name == "format") {
            format = value.empty() ? "none" : value;
        } else {
            throw noSuchParameter(name, "limit, after and format");
        }
    }
    const auto known = postFormat(format, request.header("accept"));
    if (!known)
        throw badRequest("format must be json, jsonfeed or atom", "format");
    return *known;
}

Json representCopy(const StoredPost& post) {
    if (post.copy.state != CopyState::kept)
        return Json();
    const MediaFile& file = post.copy.file;
    return Json::object()
        .set("url", mediaPath(post))
        .set("type", file.type)
        .set("bytes", static_cast<std::int64_t>(file.size));
}

} // namespace

Json represent(const PostOf& it) {
    const StoredPost& post = it.post;
    return Json::object()
        .set("id", post.id)
        .set("connection", post.connection.text())
        .set("provider", it.connection.provider)
        .set("account", textOrNull(accountOf(it.connection)))
        .set("text", textOrNull(post.text))
        .set("url", textOrNull(post.link))
        .set("media_url", textOrNull(post.media))
        .set("media_copy", representCopy(post))
        .set("published_at", timeOrNull(post.timeIsKnown ? post.time : 0))
        .set("seen_at", rfc3339(post.seen))
        .set("updated_at", timeOrNull(post.updated))
        .set("deleted_at", timeOrNull(post.deleted));
}

ServerResponse PostsApi::of(const Uuid& id, const ServerRequest& request) const {
    Wanted wanted;
    wanted.format = readQuery(request, wanted.query);
    wanted.query.connection = id;
    wanted.connection = vault_.connection(id);
    if (!wanted.connection)
        throw noSuchConnection(id);
    return answer(wanted, request);
}

ServerResponse PostsApi::all(const ServerRequest& request) const {
    Wanted wanted;
    wanted.format = readQuery(request, wanted.query);
    return answer(wanted, request);
}

ServerResponse PostsApi::answer(const Wanted& wanted, const ServerRequest& request) const {
    PostPage page;
    Collecting collecting;
    std::map<Uuid, Connection> connections;
    vault_.read([&](const VaultReader& vault) {
        page = vault.posts(wanted.query);
        if (wanted.connection)
            collecting = vault.collecting(wanted.connection->id);
        for (const StoredPost& post : page.posts)
            if (!connections.contains(post.connection))
                connections[post.connection] =
                    vault.connection(post.connection).value_or(Connection{});
    });
    PostFeed feed;
    for (StoredPost& post : page.posts) {
        const Connection& connection = connections[post.connection];
        feed.posts.push_back({std::move(post), connection});
    }
    const std::string next = page.next ? page.next->text() : "";
    if (wanted.format == PostFormat::json) {
        Json posts = Json::array();
        for (const PostOf& it : feed.posts)
            posts.push(represent(it));
        Json out = Json::object();
        out.set("posts", posts).set("next", textOrNull(next));
        if (wanted.connection)
            out.set("collected_at", timeOrNull(collecting.polled))
                .set("trouble", textOrNull(collecting.trouble));
        return respond(wanted.format, out.dump() + "\n");
    }
    const SettingsPtr settings = settings_.get();
    feed.host = hostOf(settings->config.publicUrl);
    feed.self = request.path + (request.query.empty() ? "" : "?" + request.query);
    feed.updated = wanted.connection ? wanted.connection->updated : nowMs();
    feed.title = settings->config.requester;
    if (wanted.connection) {
        feed.of = wanted.connection->id.text();
        feed.title = accountOf(*wanted.connection) + " at " + wanted.connection->provider;
    }
    if (!next.empty())
        feed.next = request.path + "?limit=" + std::to_string(wanted.query.limit) +
                    "&format=" + std::string(nameIn(formatNames, wanted.format)) + "&after=" + next;
    const bool atom = wanted.format == PostFormat::atom;
    return respond(wanted.format, atom ? asAtom(feed) : asJsonFeed(feed));
}

} // namespace grantlink
