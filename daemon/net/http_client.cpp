#include "daemon/net/http_client.hpp"

#include "daemon/net/curl_list.hpp"
#include "daemon/net/public_address.hpp"
#include "daemon/net/url.hpp"
#include "daemon/text/ascii.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <utility>

namespace grantlink {

namespace {

constexpr std::size_t maxHeaderBytes = 64 * 1024; // of all answers, 1xx and trailers included
constexpr long slowest = 1024;                    // bytes a second of a body for a sink …
constexpr long slowTime = 15;                     // … for that many seconds
constexpr long longestConnect = 10'000;           // ms, of a request with one: its time is longer

// What libcurl's callbacks fill in.
struct Reception {
    HttpResponse response;
    CURL* easy = nullptr;
    BodySink* sink = nullptr;
    std::size_t maxBody = 0, taken = 0;
    bool begun = false;    // the sink was shown the headers
    bool unwanted = false; // … and does not want the body
    bool failed = false;   // a piece was not taken: nothing may follow
    std::size_t headerBytes = 0;
    bool bodyTooLarge = false;
    bool headersTooLarge = false;
    bool refusedAddress = false;                // not a public one
    std::array<char, CURL_ERROR_SIZE> detail{}; // in libcurl's words
};

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

int statusOf(CURL* easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* user) noexcept {
    Reception& reception = *static_cast<Reception*>(user);
    const std::size_t bytes = size * count;
    if (bytes > reception.maxBody - reception.response.body.size()) {
        reception.bodyTooLarge = true;
        return CURL_WRITEFUNC_ERROR;
    }
    reception.response.body.append(data, bytes);
    return bytes;
}

std::size_t refusePiece(Reception& reception) {
    reception.failed = true;
    return CURL_WRITEFUNC_ERROR;
}

std::size_t onPiece(char* data, std::size_t size, std::size_t count, void* user) noexcept {
    Reception& reception = *static_cast<Reception*>(user);
    const std::size_t bytes = size * count;
    if (!std::exchange(reception.begun, true)) {
        reception.response.status = statusOf(reception.easy);
        reception.unwanted = !reception.sink->begin(reception.response);
    }
    if (reception.unwanted || reception.failed)
        return CURL_WRITEFUNC_ERROR;
    if (bytes > reception.maxBody - reception.taken) {
        reception.bodyTooLarge = true;
        return refusePiece(reception);
    }
    switch (reception.sink->take({data, bytes})) {
    case BodySink::Took::nothing:
        return CURL_WRITEFUNC_PAUSE;
    case BodySink::Took::refused:
        return refusePiece(reception);
    case BodySink::Took::all:
        break;
    }
    reception.taken += bytes;
    return bytes;
}

std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* user) noexcept {
    Reception& reception = *static_cast<Reception*>(user);
    const std::size_t bytes = size * count;
    reception.headerBytes += bytes;
    if (reception.headerBytes > maxHeaderBytes) {
        reception.headersTooLarge = true;
        return 0;
    }
    const std::string_view line(data, bytes);
    if (line.starts_with("HTTP/")) { // a status line: what came before was a 1xx answer
        reception.response.headers.clear();
        return bytes;
    }
    const auto colon = line.find(':');
    if (colon != std::string_view::npos)
        reception.response.headers.emplace_back(lowerCase(trim(line.substr(0, colon))),
                                                trim(line.substr(colon + 1)));
    return bytes;
}

bool isToken(std::string_view text) { // RFC 9110, section 5.6.2
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) ||
               (c && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) !=
                         std::string_view::npos);
    });
}

bool isHeaderValue(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// Why the request must not be sent at all: a line break in a header would start another one.
std::optional<std::string> faultIn(const HttpRequest& request) {
    if (!isToken(request.method))
        return "the method is not a token";
    if (request.url.find('\0') != std::string::npos)
        return "the URL contains a NUL byte";
    if (request.reach == Reach::nowhere)
        return "an answer has named this host, and the preset does not (hosts of [token])";
    if (request.reach == Reach::publicHttps && !request.url.starts_with("https://"))
        return "is not https; if it is meant, trusted_origins allows it";
    if (!request.username.empty() && request.username.find(':') != std::string::npos)
        return "a user name for HTTP Basic cannot contain a colon";
    for (const auto& [name, value] : request.headers)
        if (!isToken(name) || !isHeaderValue(value))
            return "a request header has a bad name or contains a line break";
    return std::nullopt;
}

// Exactly the headers that were asked for: libcurl's own Expect and Content-Type are switched off.
CurlList headerList(const HttpRequest& request) {
    CurlList list;
    bool hasType = false;
    list.append("Expect:");
    for (const auto& [name, value] : request.headers) {
        list.append(value.empty() ? name + ";" : name + ": " + value);
        hasType = hasType || lowerCase(name) == "content-type";
    }
    if (!hasType)
        list.append("Content-Type:");
    return list;
}

void setMethod(CURL* easy, const HttpRequest& request) {
    if (request.method == "GET") {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    if (request.method != "POST")
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    // On a connection that is used again libcurl quietly repeats a request that was not answered.
    // An authorization code must not be sent twice (RFC 6749, section 4.1.2): only a new
    // connection excludes that.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

bool allowed(const boost::asio::ip::address& address, void* user) noexcept {
    const bool out = isPublicAddress(address);
    if (!out)
        static_cast<Reception*>(user)->refusedAddress = true;
    return out;
}

// Called with the address that the name was resolved to, so that no name can hide it.
curl_socket_t onOpenSocket(void* user, curlsocktype, curl_sockaddr* address) noexcept {
    boost::asio::ip::tcp::endpoint peer;
    if (address->addrlen > peer.capacity())
        return CURL_SOCKET_BAD;
    std::memcpy(peer.data(), &address->addr, address->addrlen);
    if (!allowed(peer.address(), user))
        return CURL_SOCKET_BAD;
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The same for a connection that is used again: a request of another reach may have opened it.
int onConnected(void* user, char* peer, char*, int, int) noexcept {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(peer, error);
    return !error && allowed(address, user) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void setReach(CURL* easy, const HttpRequest& request, Reception& into) {
    if (request.reach == Reach::anywhere)
        return;
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &onOpenSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &into);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &onConnected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, &into);
}

void setLimits(CURL* easy, const HttpRequest& request) {
    const long timeout = std::max<long>(1, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     request.sink ? std::min(timeout, longestConnect) : timeout);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    // A connection of HTTP/2 keeps what went through it in buffers of its own, for as long as it
    // is kept; here that would be codes and tokens.
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
}

int onProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    const Reception& reception = *static_cast<Reception*>(user);
    return reception.failed || reception.sink->stopped() ? 1 : 0;
}

void setSink(CURL* easy, const HttpRequest& request, Reception& into) {
    into.easy = easy;
    into.sink = request.sink;
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &onPiece);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &onProgress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &into);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.maxBody));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, slowest);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, slowTime);
    // What was held back is offered in here; libcurl 7.88 goes on with what comes next when that
    // was refused.
    request.sink->goOn = [easy, &into] {
        if (curl_easy_pause(easy, CURLPAUSE_CONT) != CURLE_OK)
            into.failed = true;
    };
}

// Whatever ends the request: nobody may go on with it afterwards.
class SinkEnd {
  public:
    explicit SinkEnd(BodySink* sink) : sink_(sink) {}

    ~SinkEnd() {
        if (sink_)
            sink_->goOn = nullptr;
    }

    SinkEnd(const SinkEnd&) = delete;
    SinkEnd& operator=(const SinkEnd&) = delete;

  private:
    BodySink* sink_;
};

void setRequest(CURL* easy, const HttpRequest& request, curl_slist* headers, Reception& into) {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, into.detail.data());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "grantlink");
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); // all that libcurl can decode
    if (!request.username.empty()) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(easy, CURLOPT_USERNAME, request.username.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, request.password.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &onBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &into);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &onHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &into);
    setMethod(easy, request);
    setReach(easy, request, into);
    setLimits(easy, request);
    if (request.sink)
        setSink(easy, request, into);
}

// What it was that TLS failed for; nothing of the request has left by then. Of other failures
// libcurl's words may say too much.
bool isOfTls(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
}

HttpError errorOf(CURL* easy, CURLcode code, const HttpRequest& request,
                  const Reception& reception) {
    // Counts what was handed to the connection once it (and TLS) stood: 0 before that.
    long sent = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    std::string why = code == CURLE_ABORTED_BY_CALLBACK ? "stopped before it was finished"
                                                        : curl_easy_strerror(code);
    if (reception.failed)
        why = "its body was not taken";
    if (isOfTls(code) && reception.detail[0] != '\0')
        why = reception.detail.data();
    if (code == CURLE_OUT_OF_MEMORY) // also what libcurl 7.88 calls a line of more than 100 KiB
        why = "a header of the answer is too large, or memory is short";
    if (reception.refusedAddress)
        why = "its address is not a public one; if it is meant, trusted_origins allows it";
    const bool tooLarge = reception.bodyTooLarge || code == CURLE_FILESIZE_EXCEEDED;
    if (tooLarge)
        why = "the answer is larger than " + std::to_string(request.maxBody) + " bytes";
    if (reception.headersTooLarge)
        why = "the answer's headers are larger than " + std::to_string(maxHeaderBytes) + " bytes";
    return HttpError{
        loggable(request.url) + ": " + why,     sent > 0, reception.refusedAddress,
        code == CURLE_PEER_FAILED_VERIFICATION, tooLarge, code == CURLE_OPERATION_TIMEDOUT};
}

} // namespace

std::string_view HttpResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name)
            return value;
    return {};
}

boost::asio::awaitable<HttpResult> CurlHttpClient::fetch(HttpRequest request) {
    if (const auto fault = faultIn(request))
        co_return HttpError{loggable(request.url) + ": " + *fault, false, true};

    // In this order: the easy handle goes first, it points to all the others.
    Reception reception;
    reception.maxBody = request.maxBody;
    const CurlList headers = headerList(request);
    const CurlEasy easy(curl_easy_init());
    if (!easy)
        throw std::bad_alloc();
    const SinkEnd end(request.sink);
    setRequest(easy.get(), request, headers.get(), reception);
    if (!caFile_.empty()) // the system's are in CURLOPT_CAPATH as well, which stays as it is
        curl_easy_setopt(easy.get(), CURLOPT_CAINFO, caFile_.c_str());

    const CURLcode code = co_await loop_.perform(easy.get());
    if ((code != CURLE_OK || reception.failed) && !reception.unwanted)
        co_return errorOf(easy.get(), code, request, reception);
    reception.response.status = statusOf(easy.get());
    co_return std::move(reception.response);
}

} // namespace grantlink
