// A post of a connected account as the vault keeps it, and what is remembered of collecting them.
//
// Posts are no credentials, but those of a private account are not for everyone who gets hold of a
// backup: they are sealed (seal.hpp), version 2, bound to their number. Version 1 had no copy.
#pragma once

#include "daemon/json/json.hpp"
#include "shared/keys.hpp"
#include "shared/secret.hpp"
#include "shared/uuid.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace grantlink {

// Of all that the provider says in a post.
using PostHash = std::array<std::uint8_t, 16>;

using MediaName = std::array<std::uint8_t, 16>; // of a file; random

// The file that has a copy of a post's picture or video: vault/sealed_file.hpp. Without the key,
// which is nowhere but here, nobody can read it.
struct MediaFile {
    MediaName name{};
    SecretArray<32> key;
    std::string type;       // such as "image/jpeg", of those that media/media_kind.hpp knows
    std::uint64_t size = 0; // bytes of what was copied
};

enum class CopyState : std::uint8_t {
    none,    // there is nothing to copy, or nobody has asked for it
    wanted,  // to be fetched
    stale,   // its address does not lead there any more; the next poll may bring another
    givenUp, // it cannot be had, or is not to be kept
    kept,    // there is a file
};

struct MediaCopy {
    CopyState state = CopyState::none;
    std::uint8_t tries = 0; // that have failed
    TimeMs next = 0;        // not to be tried before
    MediaFile file;         // of one that is kept
};

struct StoredPost {
    std::uint64_t number = 0; // its place among all posts, in the order in which they were seen
    Uuid connection;
    std::string id;          // the provider's, unique in its connection
    TimeMs time = 0;         // published; where the provider does not say, when it was first seen
    bool timeIsKnown = true; // the provider has said it
    TimeMs seen = 0;         // first
    TimeMs updated = 0;      // when an edit or the deletion was noticed; 0: neither
    TimeMs deleted = 0;      // when that was noticed; 0: it is there
    std::string text;        // at most maxPostText bytes of UTF-8; empty once it is deleted
    std::string link, media; // http or https; may be empty
    PostHash hash{};         // of all that the provider said, not only of what is kept
    MediaCopy copy;          // of what is at `media`
};

constexpr std::size_t maxPostText = 32 * 1024; // bytes
constexpr std::size_t maxPostField = 4096;     // bytes of id, link and media

// The texts have to keep to these bounds.
std::string sealPost(const MasterKey& key, const StoredPost& post);
std::optional<StoredPost> openPost(const MasterKeys& keys, std::uint64_t number, Bytes sealed);

// A place in a list of posts. The order is that of time and number, or of the number alone.
struct PostPlace {
    TimeMs time = 0;
    std::uint64_t number = 0;

    std::string text() const; // for a cursor
    static std::optional<PostPlace> parse(std::string_view text);
};

struct PostQuery {
    std::optional<Uuid> connection; // newest first by publication; nothing: of all, by first sight
    std::size_t limit = 50;
    std::optional<PostPlace> after; // the `next` of the page before
    TimeMs since = 0;               // of a connection: not those that were published before
};

struct PostPage {
    std::vector<StoredPost> posts;
    std::optional<PostPlace> next; // nothing: that was all
};

// How many posts a connection keeps.
struct PostLimits {
    TimeMs before = 0;                  // those published before then go
    std::size_t most = ~std::size_t{0}; // the oldest of more than that go
};

struct PostStock {
    std::size_t count = 0;
    TimeMs oldest = 0, newest = 0; // published; 0: there is none
};

// A post whose media is to be copied.
struct WantedCopy {
    std::uint64_t post = 0; // its number
    TimeMs next = 0;        // not to be tried before
};

// All copies that there are, and those that are about to be erased.
struct CopyStock {
    std::size_t count = 0;   // without the latter
    std::uint64_t bytes = 0; // of what was copied
};

// What is known of collecting a connection's posts.
struct Collecting {
    TimeMs since = 0;      // when it began; 0: it has not
    TimeMs polled = 0;     // the last time that it was tried
    bool complete = false; // the feed was read to the posts that are known, or to its end
    unsigned failures = 0; // in a row
    std::string trouble;   // what the last of them said, for people; empty: none
};

Json toJson(const Collecting& collecting);
Collecting collectingFromJson(const Json& json);

} // namespace grantlink
