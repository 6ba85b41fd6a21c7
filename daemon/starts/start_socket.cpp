#include "daemon/starts/start_socket.hpp"

#include "shared/start_message.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <spdlog/spdlog.h>

#include <array>

namespace grantlink {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;
using Local = asio::local::stream_protocol;

namespace {

constexpr std::size_t maxRunning = 64;
constexpr std::size_t maxOpen = 4 * maxRunning; // with those that are told that it is busy
constexpr auto patience = 2s;                   // until the request is there
constexpr auto acceptPause = 100ms;
constexpr mode_t socketMode = 0660;

auto into(error_code& ec) {
    return asio::redirect_error(asio::use_awaitable, ec);
}

std::string listening(Local::acceptor& acceptor, const std::string& path) {
    listenAt(acceptor, path, socketMode);
    return path;
}

} // namespace

// Shared with the handler of its timer, which may come late.
struct StartSocket::Session : std::enable_shared_from_this<Session> {
    explicit Session(Local::socket accepted)
        : socket(std::move(accepted)), timer(socket.get_executor()) {}

    Local::socket socket;
    asio::steady_timer timer;
};

StartSocket::StartSocket(asio::any_io_executor loop, const std::string& path, Answer answer)
    : acceptor_(std::move(loop)), file_(listening(acceptor_, path)), answer_(std::move(answer)) {}

void StartSocket::start() {
    asio::co_spawn(acceptor_.get_executor(), accept(), asio::detached);
}

void StartSocket::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    file_.remove();
}

asio::awaitable<void> StartSocket::accept() {
    asio::steady_timer pause(acceptor_.get_executor());
    while (acceptor_.is_open()) {
        error_code ec;
        Local::socket socket = co_await acceptor_.async_accept(into(ec));
        if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor)
            co_return;
        if (ec) { // no descriptors left, mostly: not in a tight loop
            error_code ignored;
            pause.expires_after(acceptPause);
            co_await pause.async_wait(into(ignored));
            continue;
        }
        auto session = std::make_shared<Session>(std::move(socket));
        asio::co_spawn(acceptor_.get_executor(), serve(std::move(session)), asio::detached);
    }
}

asio::awaitable<void> StartSocket::serve(std::shared_ptr<Session> session) {
    if (running_ >= maxOpen)
        co_return; // who floods it is not answered at all
    const bool busy = running_ >= maxRunning;
    ++running_;
    try {
        co_await talk(*session, busy);
    } catch (const std::exception& error) {
        spdlog::error("start.sock: {}", error.what());
    }
    --running_;
    session->timer.cancel();
    error_code ignored;
    session->socket.close(ignored);
}

// The answer is small: it fits the socket, whether the peer is still there or not.
asio::awaitable<void> StartSocket::talk(Session& session, bool busy) {
    std::string answer = encodeStartReply({busy ? StartStatus::busy : StartStatus::refused, ""});
    error_code ec;
    // Read in any case: a socket that is closed with something unread loses the answer.
    const auto request = co_await read(session);
    if (request && !busy)
        answer = co_await answer_(*request);
    session.socket.non_blocking(true, ec);
    session.socket.write_some(asio::buffer(answer), ec);
}

asio::awaitable<std::optional<std::string>> StartSocket::read(Session& session) {
    const std::weak_ptr<Session> weak = session.weak_from_this();
    session.timer.expires_after(patience);
    session.timer.async_wait([weak](error_code ec) {
        error_code ignored;
        if (const auto alive = weak.lock(); alive && !ec)
            alive->socket.cancel(ignored);
    });
    std::array<std::uint8_t, startRequestLength> message{};
    error_code ec;
    const auto buffer = asio::buffer(message);
    co_await asio::async_read(session.socket, buffer, into(ec));
    session.timer.cancel();
    const bool more = !ec && session.socket.available(ec) > 0;
    const auto state = ec || more ? std::nullopt : parseStartRequest(message);
    if (!state)
        co_return std::nullopt;
    co_return std::string(*state);
}

} // namespace grantlink
