// A small HTTP/1.1 server on the event loop, over a Unix socket (admin API) or TCP (sandbox).
//
// Built on Boost.Beast. Limits: 64 KiB of body, 16 KiB of headers, 60 s of idle time; beyond them
// the connection is answered 413 / 431 or closed. Keep-alive is honoured.
//
// Errors: the constructors throw std::runtime_error (address in use, permission), with the path or
// port in the message. A handler that throws answers 500 and logs; the connection lives on.
// Thread: the loop's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink {

// Who is at the other end of a Unix socket (SO_PEERCRED, unix(7)).
struct PeerCredentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

struct ServerRequest {
    std::string method;
    std::string path;                                         // percent-decoded, without the query
    std::string query;                                        // raw
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;
    std::optional<PeerCredentials> peer; // on a Unix socket

    std::string_view header(std::string_view name) const; // "" when absent
};

struct ServerResponse {
    unsigned status = 200; // 0: reset the connection without an answer
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    // Instead of a body: asked again and again for what is to be sent next, until it answers "",
    // throws, or the peer is gone or does not take it for 10 s (10 minutes where there is a
    // length). The connection ends with it; when it has thrown, in the middle, so that the peer
    // knows that something is missing.
    std::function<boost::asio::awaitable<std::string>()> pieces = {};
    std::optional<std::uint64_t> length = {}; // bytes of all pieces, where that is known
};

using Handler = std::function<boost::asio::awaitable<ServerResponse>(ServerRequest)>;

class HttpServer {
  public:
    // Binds, listens and serves until stop(). A stale socket file is replaced; one with a living
    // listener behind it is an error. `mode` is the socket file's permission bits.
    static std::unique_ptr<HttpServer> onUnix(boost::asio::any_io_executor loop,
                                              const std::string& path, mode_t mode,
                                              Handler handler);
    static std::unique_ptr<HttpServer> onTcp(boost::asio::any_io_executor loop,
                                             const std::string& host, std::uint16_t port,
                                             Handler handler);
    virtual ~HttpServer() = default;

    virtual void stop() = 0; // no new connections; open requests finish, idle connections close
    virtual std::uint16_t port() const = 0; // of a TCP server; useful when 0 was asked for
};

// The fields of a query string or form body, percent-decoded, in order, repeated ones kept.
std::vector<std::pair<std::string, std::string>> parseForm(std::string_view encoded);

} // namespace grantlink
