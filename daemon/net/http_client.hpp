// HTTP requests to the outside world, awaitable from the daemon's event loop.
//
// Whatever a provider does (slow drip, endless body, gzip bomb, redirect) is bounded here and
// nowhere else: total time, decoded body size, header size, no redirects followed, and where a
// request may go at all, which is decided by the address that is connected to, not by its name.
//
// A GET or HEAD on a kept-alive connection that the peer has closed meanwhile is repeated on a new
// one; any other method is sent once at most. No header is invented: a body's Content-Type is the
// caller's to give.
//
// Errors: fetch() never throws for what the network or the peer did; the HttpError says whether
// the request can have reached the peer, which decides if it may be sent again.
// Thread: the loop's.
#pragma once

#include "daemon/net/curl_loop.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Where a request may go. Whatever a preset, a provider's metadata or an answer names may be wrong
// or hostile: it must not be a way into the network that grantlinkd runs in (CWE-918).
enum class Reach {
    publicHttps, // https, and no address of a private, local or otherwise special network
    anywhere,    // what the operator has named in grantlink.toml
    nowhere,     // what nobody may have named: it is not sent
};

struct HttpResponse;

// Takes a body piece by piece that may be too large for memory, in the place of HttpResponse::body.
// Such a body comes as it is: no encoding is offered, and none is decoded.
class BodySink {
  public:
    enum class Took { all, nothing, refused };

    virtual ~BodySink() = default;

    // Status and headers have come. False: the body is not wanted, and the answer ends with them.
    virtual bool begin(const HttpResponse& head) = 0;

    // nothing: there is no room now; the same is offered again after goOn(). refused: the request
    // fails.
    virtual Took take(std::string_view bytes) = 0;

    // Asked about once a second, also while nothing comes. True: the request fails at once.
    virtual bool stopped() const = 0;

    std::function<void()> goOn; // there while the request runs; to be called from the loop
};

struct HttpRequest {
    Reach reach = Reach::publicHttps;
    std::string method = "GET";
    std::string url;
    Headers headers;
    std::string body;               // sent when the method is not GET
    std::string username, password; // HTTP Basic (RFC 7617) when the username is not empty
    std::chrono::milliseconds timeout{15000}; // from start to the last byte
    std::size_t maxBody = 1 << 20;            // bytes, after decoding
    BodySink* sink = nullptr;                 // outlives the request; 10 s at most to connect

    std::string provider; // whose request it is, for metrics; empty: nobody's

    // For whoever shows the request to people: what it is, and what of it must not be shown.
    std::string label;
    Headers secrets; // name → value

    // Makes it fit to be sent once more, where something in it works only once; else empty.
    std::function<void(HttpRequest&)> renew;
};

struct HttpResponse {
    int status = 0;
    Headers headers; // names in lower case
    std::string body;

    // The first header of that (lower-case) name, or "".
    std::string_view header(std::string_view name) const;
};

struct HttpError {
    std::string message;    // safe to log: no URL query, no header, no body
    bool maybeSent = true;  // false: the peer cannot have seen the request
    bool refused = false;   // by us: it would be refused again
    bool untrusted = false; // its certificate does not hold, and will not within seconds
    bool tooLarge = false;  // the body
    bool tooSlow = false;   // its time was over, or hardly anything came
};

using HttpResult = boost::system::result<HttpResponse, HttpError>;

class HttpClient {
  public:
    virtual ~HttpClient() = default;

    virtual boost::asio::awaitable<HttpResult> fetch(HttpRequest request) = 0;
};

class CurlHttpClient : public HttpClient {
  public:
    // `caFile`: PEM, with authorities that are trusted besides the system's; empty: none are.
    CurlHttpClient(CurlLoop& loop, std::string caFile) : loop_(loop), caFile_(std::move(caFile)) {}

    boost::asio::awaitable<HttpResult> fetch(HttpRequest request) override;

  private:
    CurlLoop& loop_;
    std::string caFile_;
};

} // namespace grantlink
