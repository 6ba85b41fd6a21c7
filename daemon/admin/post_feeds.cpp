#include "daemon/admin/post_feeds.hpp"

#include "daemon/admin/media.hpp"
#include "daemon/json/json.hpp"
#include "daemon/net/url.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/printable.hpp"
#include "daemon/text/rfc3339.hpp"
#include "daemon/text/xml_writer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace grantlink {

namespace {

constexpr std::size_t titleLength = 80;                  // characters
constexpr const char* socketOrigin = "http://grantlink"; // as openapi.yaml has it

std::string tagUri(const PostFeed& feed, const std::string& what) {
    return "tag:" + feed.host + ",2026:posts" + (what.empty() ? "" : "/" + what);
}

std::string idOf(const PostFeed& feed, const StoredPost& post) {
    return tagUri(feed, post.connection.text() + "/" + percentEncode(post.id));
}

// Where a link may have what an IRI has not (RFC 3987), it is encoded.
std::string iri(const std::string& link) {
    std::string out;
    for (const char c : link)
        if (std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos)
            out += c;
        else
            out += percentEncode(std::string_view(&c, 1));
    return out;
}

// By the end of its name; providers do not say more.
std::string mediaType(const std::string& url) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> known{
        {{".jpg", "image/jpeg"},
         {".jpeg", "image/jpeg"},
         {".png", "image/png"},
         {".gif", "image/gif"},
         {".webp", "image/webp"},
         {".mp4", "video/mp4"},
         {".mov", "video/quicktime"},
         {".mp3", "audio/mpeg"}}};
    const std::string path = lowerCase(url.substr(0, url.find_first_of("?#")));
    for (const auto& [end, type] : known)
        if (path.ends_with(end))
            return std::string(type);
    return "application/octet-stream";
}

// What an item leads to: the copy where there is one, since the provider's address may have expired
// by the time that somebody follows it. Whoever reads the feed may read the copy by the same
// socket.
struct Enclosure {
    std::string url, type;
    std::optional<std::uint64_t> size;
};

Enclosure enclosureOf(const StoredPost& post) {
    if (post.copy.state != CopyState::kept)
        return {iri(post.media), mediaType(post.media), {}};
    return {socketOrigin + mediaPath(post), post.copy.file.type, post.copy.file.size};
}

std::string titleOf(const StoredPost& post) {
    const std::string line = post.text.substr(0, post.text.find('\n'));
    const std::string title = printable(line, titleLength);
    return title.empty() ? "Post of " + rfc3339(post.time) : title;
}

std::string authorOf(const Connection& connection) {
    if (!connection.approved)
        return connection.account.empty() ? connection.provider : connection.account;
    return displayHandle(connection.approved->handle, connection.account);
}

TimeMs changed(const StoredPost& post) {
    return post.updated ? post.updated : post.time;
}

TimeMs updatedOf(const PostFeed& feed) {
    TimeMs out = 0;
    for (const PostOf& it : feed.posts)
        out = std::max(out, changed(it.post));
    return out ? out : feed.updated;
}

Json itemOf(const PostFeed& feed, const PostOf& it) {
    const StoredPost& post = it.post;
    Json out = Json::object();
    out.set("id", idOf(feed, post));
    if (!post.link.empty())
        out.set("url", iri(post.link));
    out.set("content_text", post.text);
    out.set("date_published", rfc3339(post.time));
    if (post.updated)
        out.set("date_modified", rfc3339(post.updated));
    out.set("authors", Json::array().push(Json::object().set("name", authorOf(it.connection))));
    if (!post.media.empty()) {
        const Enclosure enclosure = enclosureOf(post);
        if (enclosure.type.starts_with("image/"))
            out.set("image", enclosure.url);
        Json attachment = Json::object().set("url", enclosure.url).set("mime_type", enclosure.type);
        if (enclosure.size)
            attachment.set("size_in_bytes", static_cast<std::int64_t>(*enclosure.size));
        out.set("attachments", Json::array().push(attachment));
    }
    Json own = Json::object();
    own.set("connection", post.connection.text())
        .set("provider", it.connection.provider)
        .set("post", post.id);
    if (post.copy.state == CopyState::kept)
        own.set("media_url", post.media);
    return out.set("_grantlink", own);
}

void writeEntry(XmlWriter& xml, const PostFeed& feed, const PostOf& it) {
    const StoredPost& post = it.post;
    xml.open("entry");
    xml.element("id", idOf(feed, post)).element("title", titleOf(post));
    xml.element("published", rfc3339(post.time)).element("updated", rfc3339(changed(post)));
    xml.open("author").element("name", authorOf(it.connection)).close();
    xml.element("category", {{"term", it.connection.provider}});
    if (!post.link.empty())
        xml.element("link", {{"rel", "alternate"}, {"href", iri(post.link)}});
    if (!post.media.empty()) {
        const Enclosure enclosure = enclosureOf(post);
        const std::string size = enclosure.size ? std::to_string(*enclosure.size) : "";
        XmlWriter::Attributes link{{"rel", "enclosure"}, {"type", enclosure.type}};
        if (enclosure.size)
            link.emplace_back("length", size);
        link.emplace_back("href", enclosure.url);
        xml.element("link", link);
    }
    xml.element("content", {{"type", "text"}}, post.text);
    xml.close();
}

} // namespace

std::string asJsonFeed(const PostFeed& feed) {
    Json items = Json::array();
    for (const PostOf& it : feed.posts)
        if (!it.post.deleted)
            items.push(itemOf(feed, it));
    Json out = Json::object();
    out.set("version", "https://jsonfeed.org/version/1.1").set("title", feed.title);
    out.set("feed_url", socketOrigin + feed.self);
    if (!feed.next.empty())
        out.set("next_url", socketOrigin + feed.next);
    return out.set("items", items).dump() + "\n";
}

std::string asAtom(const PostFeed& feed) {
    XmlWriter xml;
    xml.open("feed", {{"xmlns", "http://www.w3.org/2005/Atom"}});
    xml.element("id", tagUri(feed, feed.of)).element("title", feed.title);
    xml.element("updated", rfc3339(updatedOf(feed)));
    xml.element("generator", "grantlink");
    xml.element("link", {{"rel", "self"}, {"href", socketOrigin + feed.self}});
    if (!feed.next.empty()) // RFC 5005, section 3
        xml.element("link", {{"rel", "next"}, {"href", socketOrigin + feed.next}});
    for (const PostOf& it : feed.posts)
        if (!it.post.deleted)
            writeEntry(xml, feed, it);
    return xml.close().take();
}

} // namespace grantlink
