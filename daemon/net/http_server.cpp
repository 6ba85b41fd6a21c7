#include "daemon/net/http_server.hpp"

#include "daemon/net/http_message.hpp"
#include "daemon/net/unix_listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <spdlog/spdlog.h>

#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <set>
#include <type_traits>

namespace grantlink {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Local = asio::local::stream_protocol;
using Tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::seconds idleTime{60};
constexpr std::chrono::seconds pieceTime{10}; // until the peer has taken it …
constexpr std::chrono::minutes partTime{10};  // … of a body with a length: a video may be paused
constexpr std::chrono::seconds lingerTime{2};
constexpr std::size_t lingerBytes = 1 << 20;
constexpr std::chrono::milliseconds acceptPause{100};

// The awaiting form of "error code instead of exception".
auto into(error_code& ec) {
    return asio::redirect_error(asio::use_awaitable, ec);
}

// One line of the log, whatever was decoded into the path.
std::string oneLine(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text;
}

template <class Socket>
std::optional<PeerCredentials> credentialsOf(Socket& socket) {
    if constexpr (std::is_same_v<typename Socket::protocol_type, Local>) {
        ucred peer{};
        socklen_t size = sizeof(peer);
        if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
            return PeerCredentials{peer.pid, peer.uid, peer.gid};
    }
    return std::nullopt;
}

template <class Protocol>
class Connection;

// What the acceptor and the connections share. It outlives the HttpServer as long as a request
// is still being answered.
template <class Protocol>
struct Shared {
    Shared(asio::any_io_executor loop, Handler answer)
        : acceptor(loop), pause(loop), handler(std::move(answer)) {}

    typename Protocol::acceptor acceptor;
    asio::steady_timer pause;
    Handler handler;
    std::set<Connection<Protocol>*> connections;
    bool stopping = false;
};

template <class Protocol>
class Connection {
  public:
    using SharedPtr = std::shared_ptr<Shared<Protocol>>;

    Connection(typename Protocol::socket socket, SharedPtr shared)
        : peer_(credentialsOf(socket)), stream_(std::move(socket)), shared_(std::move(shared)) {
        shared_->connections.insert(this);
    }

    ~Connection() { shared_->connections.erase(this); }

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    asio::awaitable<void> run();

    void stopIfIdle() {
        if (idle_)
            stream_.cancel();
    }

  private:
    using Parser = http::request_parser<http::string_body>;

    asio::awaitable<error_code> waitForRequest();
    asio::awaitable<error_code> read(Parser& parser);
    asio::awaitable<bool> answer(Parser& parser);
    asio::awaitable<ServerResponse> callHandler(ServerRequest request);
    asio::awaitable<bool> write(wire::Response message);
    asio::awaitable<void> writePieces(ServerResponse answer);
    asio::awaitable<std::optional<std::string>> nextOf(const ServerResponse& answer);
    asio::awaitable<void> refuse(const error_code& why);
    asio::awaitable<void> closeGently();

    std::optional<PeerCredentials> peer_;
    beast::basic_stream<Protocol> stream_;
    beast::flat_buffer buffer_;
    SharedPtr shared_;
    bool idle_ = false;
};

template <class Protocol>
asio::awaitable<void> Connection<Protocol>::run() {
    while (!shared_->stopping) {
        if (co_await waitForRequest())
            co_return;
        Parser parser;
        parser.header_limit(wire::maxHeader);
        parser.body_limit(wire::maxBody);
        if (const error_code ec = co_await read(parser)) {
            if (wire::isPeersFault(ec))
                co_await refuse(ec);
            co_return;
        }
        if (!co_await answer(parser))
            co_return;
    }
}

// Until the first byte arrives the connection is idle, and stop() may close it.
template <class Protocol>
asio::awaitable<error_code> Connection<Protocol>::waitForRequest() {
    error_code ec;
    if (buffer_.size() != 0)
        co_return ec;
    idle_ = true;
    stream_.expires_after(idleTime);
    const std::size_t bytes = co_await stream_.async_read_some(buffer_.prepare(4096), into(ec));
    buffer_.commit(bytes);
    idle_ = false;
    co_return ec;
}

template <class Protocol>
asio::awaitable<error_code> Connection<Protocol>::read(Parser& parser) {
    error_code ec;
    stream_.expires_after(idleTime);
    co_await http::async_read_header(stream_, buffer_, parser, into(ec));
    if (ec)
        co_return ec;
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        wire::Response goOn(http::status::continue_, 11);
        co_await http::async_write(stream_, goOn, into(ec));
        if (ec)
            co_return ec;
    }
    co_await http::async_read(stream_, buffer_, parser, into(ec));
    co_return ec;
}

// True when the connection can take another request.
template <class Protocol>
asio::awaitable<bool> Connection<Protocol>::answer(Parser& parser) {
    const bool headOnly = parser.get().method() == http::verb::head;
    const bool keepAlive = parser.keep_alive();
    auto request = wire::toServerRequest(parser.release(), peer_);
    ServerResponse answer;
    if (request) {
        stream_.expires_never();
        answer = co_await callHandler(std::move(*request));
    } else {
        answer = wire::problem(400, "the path is not well percent-encoded");
    }
    if (answer.status == 0) {
        error_code ignored;
        stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
        co_return false;
    }
    if (answer.pieces) {
        co_await writePieces(std::move(answer));
        co_return false;
    }
    const bool goOn = keepAlive && !shared_->stopping;
    std::optional<wire::Response> message;
    try {
        message = wire::toMessage(std::move(answer), headOnly, goOn);
    } catch (const std::exception& error) {
        spdlog::error("http server: {}", error.what());
        message =
            wire::toMessage(wire::problem(500, "internal error, see the log"), headOnly, goOn);
    }
    const bool written = co_await write(std::move(*message));
    co_return written&& goOn;
}

template <class Protocol>
asio::awaitable<ServerResponse> Connection<Protocol>::callHandler(ServerRequest request) {
    const std::string name = oneLine(request.method + " " + request.path);
    try {
        co_return co_await shared_->handler(std::move(request));
    } catch (const std::exception& error) {
        spdlog::error("http server: {}: {}", name, error.what());
    }
    co_return wire::problem(500, "internal error, see the log");
}

template <class Protocol>
asio::awaitable<bool> Connection<Protocol>::write(wire::Response message) {
    error_code ec;
    stream_.expires_after(idleTime);
    http::response_serializer<http::string_body> serializer(message);
    if (message.body().empty()) // of a HEAD answer too, whose Content-Length says more
        co_await http::async_write_header(stream_, serializer, into(ec));
    else
        co_await http::async_write(stream_, serializer, into(ec));
    co_return !ec;
}

template <class Protocol>
asio::awaitable<void> Connection<Protocol>::writePieces(ServerResponse answer) {
    error_code ec;
    http::response<http::empty_body> head = wire::toHead(answer);
    http::response_serializer<http::empty_body> serializer(head);
    stream_.expires_after(pieceTime);
    co_await http::async_write_header(stream_, serializer, into(ec));
    while (!ec) {
        stream_.expires_never();
        const std::optional<std::string> piece = co_await nextOf(answer);
        if (!piece)
            co_return;
        stream_.expires_after(answer.length ? std::chrono::seconds(partTime) : pieceTime);
        if (answer.length) {
            if (piece->empty())
                co_return;
            co_await asio::async_write(stream_, asio::buffer(*piece), into(ec));
            continue;
        }
        if (piece->empty()) {
            const auto last = http::make_chunk_last();
            co_await asio::async_write(stream_, last, into(ec));
            co_return;
        }
        const auto chunk = http::make_chunk(asio::buffer(*piece));
        co_await asio::async_write(stream_, chunk, into(ec));
    }
}

template <class Protocol>
asio::awaitable<std::optional<std::string>>
Connection<Protocol>::nextOf(const ServerResponse& answer) {
    try {
        co_return co_await answer.pieces();
    } catch (const std::exception& error) {
        spdlog::error("http server: {}", error.what());
    }
    co_return std::nullopt;
}

template <class Protocol>
asio::awaitable<void> Connection<Protocol>::refuse(const error_code& why) {
    // Named, and out of the condition: GCC 12 makes a trap of the shorter form at -O2.
    wire::Response refusal = wire::toMessage(wire::refusalFor(why), false, false);
    const bool written = co_await write(std::move(refusal));
    if (written)
        co_await closeGently();
}

// Closing with unread input resets the connection, and the peer may lose the answer: so what it
// still sends is read for a while first.
template <class Protocol>
asio::awaitable<void> Connection<Protocol>::closeGently() {
    error_code ec;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ec);
    stream_.expires_after(lingerTime);
    buffer_.clear();
    for (std::size_t total = 0; !ec && total < lingerBytes;)
        total += co_await stream_.async_read_some(buffer_.prepare(4096), into(ec));
}

template <class Protocol>
asio::awaitable<void> serve(typename Protocol::socket socket,
                            std::shared_ptr<Shared<Protocol>> shared) {
    Connection<Protocol> connection(std::move(socket), std::move(shared));
    co_await connection.run();
}

template <class Protocol>
asio::awaitable<void> acceptAll(std::shared_ptr<Shared<Protocol>> shared) {
    while (!shared->stopping) {
        error_code ec;
        auto socket = co_await shared->acceptor.async_accept(into(ec));
        if (shared->stopping)
            co_return;
        if (!ec) {
            const auto loop = shared->acceptor.get_executor();
            asio::co_spawn(loop, serve<Protocol>(std::move(socket), shared), asio::detached);
            continue;
        }
        // Out of descriptors, most likely: the waiting connection stays in the backlog.
        spdlog::error("http server: cannot accept a connection: {}", ec.message());
        shared->pause.expires_after(acceptPause);
        co_await shared->pause.async_wait(into(ec));
    }
}

template <class Protocol>
class Server : public HttpServer {
  public:
    explicit Server(std::shared_ptr<Shared<Protocol>> shared) : shared_(std::move(shared)) {
        asio::co_spawn(shared_->acceptor.get_executor(), acceptAll<Protocol>(shared_),
                       asio::detached);
    }

    ~Server() override { close(); }

    void stop() override { close(); }

    std::uint16_t port() const override {
        if constexpr (std::is_same_v<Protocol, Tcp>) {
            error_code ec;
            return shared_->acceptor.local_endpoint(ec).port();
        }
        return 0;
    }

  private:
    void close() {
        shared_->stopping = true;
        error_code ignored;
        shared_->acceptor.close(ignored);
        shared_->pause.cancel();
        for (Connection<Protocol>* connection : shared_->connections)
            connection->stopIfIdle();
    }

    std::shared_ptr<Shared<Protocol>> shared_;
};

class UnixServer : public Server<Local> {
  public:
    UnixServer(std::shared_ptr<Shared<Local>> shared, const std::string& path)
        : Server(std::move(shared)), file_(path) {}

    void stop() override {
        file_.remove();
        Server::stop();
    }

  private:
    SocketFile file_;
};

} // namespace

std::unique_ptr<HttpServer> HttpServer::onUnix(asio::any_io_executor loop, const std::string& path,
                                               mode_t mode, Handler handler) {
    auto shared = std::make_shared<Shared<Local>>(loop, std::move(handler));
    listenAt(shared->acceptor, path, mode);
    return std::make_unique<UnixServer>(std::move(shared), path);
}

std::unique_ptr<HttpServer> HttpServer::onTcp(asio::any_io_executor loop, const std::string& host,
                                              std::uint16_t port, Handler handler) {
    const std::string name = host + ":" + std::to_string(port);
    error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    if (ec)
        cannotListen(name, "the host must be an IP address");
    auto shared = std::make_shared<Shared<Tcp>>(loop, std::move(handler));
    const Tcp::endpoint endpoint(address, port);
    shared->acceptor.open(endpoint.protocol(), ec);
    if (!ec)
        shared->acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec)
        shared->acceptor.bind(endpoint, ec);
    if (!ec)
        shared->acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
        cannotListen(name, ec.message());
    return std::make_unique<Server<Tcp>>(std::move(shared));
}

} // namespace grantlink
