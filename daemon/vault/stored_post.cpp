#include "daemon/vault/stored_post.hpp"

#include "daemon/vault/seal.hpp"
#include "shared/byte_order.hpp"

#include <algorithm>
#include <charconv>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 2; // 2: the copy of its media
constexpr std::uint8_t timeIsKnownFlag = 1;

std::array<std::uint8_t, 8> bytesOfNumber(std::uint64_t number) {
    std::array<std::uint8_t, 8> out;
    storeLittleEndian(out.data(), number);
    return out;
}

// What is behind the number.
std::string_view takeNumber(std::string_view text, std::uint64_t& out) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() ? std::string_view(rest, text.data() + text.size()) : "x";
}

void write(RecordWriter& out, const MediaCopy& copy) {
    out.integer(static_cast<std::uint8_t>(copy.state)).integer(copy.tries).integer(copy.next);
    if (copy.state != CopyState::kept)
        return;
    out.text(textOf(copy.file.name)).text(textOf(copy.file.key.bytes));
    out.text(copy.file.type).integer(copy.file.size);
}

template <std::size_t N>
bool take(std::string_view text, std::array<std::uint8_t, N>& out) {
    if (text.size() != N)
        return false;
    std::copy(text.begin(), text.end(), out.begin());
    return true;
}

// False when it is none.
bool read(RecordReader& in, MediaCopy& out) {
    out.state = static_cast<CopyState>(in.upTo(static_cast<std::uint8_t>(CopyState::kept)));
    out.tries = in.integer<std::uint8_t>();
    out.next = in.integer<std::uint64_t>();
    if (out.state != CopyState::kept)
        return true;
    const bool whole = take(in.text(), out.file.name) && take(in.text(), out.file.key.bytes);
    out.file.type = in.text();
    out.file.size = in.integer<std::uint64_t>();
    return whole;
}

} // namespace

std::string sealPost(const MasterKey& key, const StoredPost& post) {
    RecordWriter out;
    out.uuid(post.connection).text(post.id).integer(post.time);
    out.integer(post.timeIsKnown ? timeIsKnownFlag : std::uint8_t{0});
    out.integer(post.seen).integer(post.updated).integer(post.deleted);
    out.text(post.text).text(post.link).text(post.media).text(textOf(post.hash));
    write(out, post.copy);
    return seal(key, version, bytesOfNumber(post.number), bytesOf(out.take()));
}

std::optional<StoredPost> openPost(const MasterKeys& keys, std::uint64_t number, Bytes sealed) {
    const auto opened = unseal(keys, version, bytesOfNumber(number), sealed);
    if (!opened)
        return std::nullopt;
    RecordReader in(opened->plain);
    StoredPost out;
    out.number = number;
    out.connection = in.uuid();
    out.id = in.text();
    out.time = in.integer<std::uint64_t>();
    out.timeIsKnown = in.flags(timeIsKnownFlag) != 0;
    out.seen = in.integer<std::uint64_t>();
    out.updated = in.integer<std::uint64_t>();
    out.deleted = in.integer<std::uint64_t>();
    out.text = in.text();
    out.link = in.text();
    out.media = in.text();
    const bool whole = take(in.text(), out.hash) && (opened->version == 1 || read(in, out.copy));
    return whole && in.complete() ? std::optional(std::move(out)) : std::nullopt;
}

std::string PostPlace::text() const {
    return std::to_string(time) + "-" + std::to_string(number);
}

std::optional<PostPlace> PostPlace::parse(std::string_view text) {
    PostPlace out;
    std::string_view rest = takeNumber(text, out.time);
    if (!rest.starts_with('-') || !takeNumber(rest.substr(1), out.number).empty())
        return std::nullopt;
    return out;
}

Json toJson(const Collecting& c) {
    return Json::object()
        .set("since", c.since)
        .set("polled", c.polled)
        .set("complete", c.complete)
        .set("failures", c.failures)
        .set("trouble", c.trouble);
}

Collecting collectingFromJson(const Json& json) {
    const auto time = [&](const char* key) { return static_cast<TimeMs>(json[key].integer()); };
    return {time("since"), time("polled"), json["complete"].boolean(),
            static_cast<unsigned>(json["failures"].integer()), json["trouble"].str()};
}

} // namespace grantlink
