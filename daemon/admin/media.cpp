#include "daemon/admin/media.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/media/media_kind.hpp"
#include "daemon/net/url.hpp"

#include <algorithm>
#include <charconv>

namespace grantlink {

namespace {

// The number that a text is; nothing: it is none.
std::optional<std::uint64_t> numberOf(std::string_view text) {
    std::uint64_t out = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool whole = error == std::errc() && rest == text.data() + text.size();
    return whole ? std::optional(out) : std::nullopt;
}

std::string tagOf(const MediaFile& file) {
    return "\"" + fileNameOf(file.name) + "\"";
}

// Who has a part of something else is to have all of this.
std::optional<ByteRange> wantedBy(const ServerRequest& request, const MediaFile& file) {
    const std::string_view condition = request.header("if-range");
    if (!condition.empty() && condition != tagOf(file))
        return std::nullopt;
    return rangeIn(request.header("range"), file.size);
}

ServerResponse headOf(const MediaFile& file) {
    const std::string name = "media." + std::string(extensionOf(file.type));
    return {200,
            {{"Content-Type", file.type},
             {"Content-Disposition", "inline; filename=\"" + name + "\""},
             {"X-Content-Type-Options", "nosniff"},
             {"Content-Security-Policy", "default-src 'none'; sandbox"},
             {"Cache-Control", "private, max-age=3600"},
             {"Accept-Ranges", "bytes"},
             {"ETag", tagOf(file)}},
            ""};
}

} // namespace

std::string mediaPath(const StoredPost& post) {
    return "/v1/connections/" + post.connection.text() + "/media?post=" + percentEncode(post.id);
}

std::optional<ByteRange> rangeIn(std::string_view header, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    const auto dash = header.find('-');
    if (!header.starts_with(unit) || dash == std::string_view::npos)
        return std::nullopt;
    const std::string_view first = header.substr(unit.size(), dash - unit.size());
    const std::string_view last = header.substr(dash + 1);
    const auto from = numberOf(first), to = numberOf(last);
    if ((!from && !first.empty()) || (!to && !last.empty()) || (!from && !to))
        return std::nullopt;
    if (!from) { // the last so many
        const std::uint64_t count = std::min(*to, size);
        return ByteRange{size - count, count};
    }
    if (to && *to < *from)
        return std::nullopt;
    const std::uint64_t end = to && *to < size ? *to + 1 : size;
    return ByteRange{*from, end > *from ? end - *from : 0};
}

MediaFile MediaApi::find(const Uuid& id, std::string_view query) const {
    std::optional<std::string> wanted;
    for (const auto& [name, value] : parseForm(query)) {
        if (name != "post")
            throw noSuchParameter(name, "post");
        wanted = value;
    }
    if (!wanted)
        throw badRequest("post must be the id of one of the connection's posts", "post");
    std::optional<StoredPost> post;
    bool known = false;
    vault_.read([&](const VaultReader& vault) {
        known = vault.connection(id).has_value();
        post = vault.post(id, *wanted);
    });
    if (!known)
        throw noSuchConnection(id);
    if (!post || post->copy.state != CopyState::kept)
        throw notFound("there is no copy of what this post shows");
    return post->copy.file;
}

boost::asio::awaitable<ServerResponse> MediaApi::show(Uuid id, const ServerRequest& request) {
    const MediaFile file = find(id, request.query);
    ServerResponse out = headOf(file);
    const auto range = wantedBy(request, file);
    if (range && range->count == 0) {
        ServerResponse none =
            Problem(416, "Range Not Satisfiable", "the copy has fewer bytes").response();
        none.headers.emplace_back("Content-Range", "bytes */" + std::to_string(file.size));
        co_return none;
    }
    const ByteRange sent = range.value_or(ByteRange{0, file.size});
    const std::shared_ptr<SealedFileReader> reader =
        co_await files_.open(file, sent.from, sent.count);
    if (!reader)
        throw notFound("the file of this copy is not there; 'grantlink check' lists all of these");
    if (range) {
        out.status = 206;
        out.headers.emplace_back("Content-Range", "bytes " + std::to_string(sent.from) + "-" +
                                                      std::to_string(sent.from + sent.count - 1) +
                                                      "/" + std::to_string(file.size));
    }
    out.length = sent.count;
    out.pieces = [reader, &files = files_]() -> boost::asio::awaitable<std::string> {
        const auto work = [reader] { return reader->next(); };
        co_return co_await files.thread().run(work);
    };
    co_return out;
}

} // namespace grantlink
