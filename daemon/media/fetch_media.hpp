// One try to copy what is at an address into a file.
//
// It takes five minutes at most, redirects included. No token and no cookie is sent, whatever the
// address. Redirects are followed, three at most, each only to the public internet by https, or
// within an origin that the operator has named.
#pragma once

#include "daemon/media/copied.hpp"
#include "daemon/media/media_files.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/providers/provider.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace grantlink {

struct Fetched {
    Copied how = Copied::failed;
    MediaFile file = {};           // when done
    std::chrono::seconds asked{0}; // the pause that the host wants
    std::string why = {};          // for the log; without the address
    bool slow = false;             // the host may be so for others, too
    bool tried = false;            // when there is no room: there was some, but not enough
};

struct MediaHost {
    boost::asio::any_io_executor loop;
    HttpClient& http;
    MediaFiles& files;
    const StopSignal& stop;
    std::optional<std::uint64_t> keepFree = {}; // bytes on the disk: MediaFiles::requireFree()
};

// `most`: bytes. Throws std::runtime_error when the file cannot be written.
boost::asio::awaitable<Fetched> fetchMedia(MediaHost host, const Provider& provider,
                                           std::string url, std::uint64_t most);

// Where a redirect leads, in full; "" when that is no URL.
std::string redirectTarget(const std::string& from, const std::string& location);

} // namespace grantlink
