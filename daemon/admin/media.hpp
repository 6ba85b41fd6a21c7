// The copy of what a post shows, opened on its way out.
//
// It is a picture or video by how it begins, whatever its host has called it, and in the browser of
// the console no document: its policy lets it do nothing. Errors: a Problem when there is none.
// Thread: the loop's.
#pragma once

#include "daemon/media/media_files.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string_view>

namespace grantlink {

class MediaApi {
  public:
    MediaApi(const Vault& vault, MediaFiles& files) : vault_(vault), files_(files) {}

    boost::asio::awaitable<ServerResponse> show(Uuid connection, const ServerRequest& request);

  private:
    MediaFile find(const Uuid& connection, std::string_view query) const;

    const Vault& vault_;
    MediaFiles& files_;
};

// Where the copy of a post is, below the socket's origin.
std::string mediaPath(const StoredPost& post);

// Some of the bytes of something.
struct ByteRange {
    std::uint64_t from = 0, count = 0;
};

// What the header Range asks for of that many bytes (RFC 9110, section 14.2). Nothing: all of it,
// since there is no such header, or one that is not understood, or several ranges. A range with no
// bytes cannot be answered.
std::optional<ByteRange> rangeIn(std::string_view header, std::uint64_t size);

} // namespace grantlink
