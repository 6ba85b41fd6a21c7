#include "daemon/net/wake_socket.hpp"

#include <boost/asio/buffer.hpp>

#include <unistd.h>

#include <stdexcept>

namespace grantlink {

namespace {

using boost::asio::local::datagram_protocol;

} // namespace

WakeSocket::WakeSocket(boost::asio::any_io_executor loop, const std::string& path,
                       std::function<void()> onWake)
    : socket_(std::move(loop)), path_(path), onWake_(std::move(onWake)) {
    ::unlink(path.c_str()); // of an earlier run: the vault's lock says that nobody else listens
    boost::system::error_code error;
    socket_.open(datagram_protocol(), error);
    if (!error)
        socket_.bind(datagram_protocol::endpoint(path), error);
    if (!error)
        socket_.non_blocking(true, error);
    if (error)
        throw std::runtime_error(path + ": cannot be bound: " + error.message());
    receive();
}

WakeSocket::~WakeSocket() {
    stop();
}

void WakeSocket::stop() {
    if (!socket_.is_open())
        return;
    boost::system::error_code ignored;
    socket_.close(ignored);
    ::unlink(path_.c_str());
}

void WakeSocket::receive() {
    socket_.async_wait(datagram_protocol::socket::wait_read,
                       [this](boost::system::error_code error) {
                           if (error)
                               return;
                           boost::system::error_code empty;
                           for (int i = 0; i < 1024 && !empty; ++i)
                               socket_.receive(boost::asio::buffer(buffer_), 0, empty);
                           onWake_();
                           receive();
                       });
}

} // namespace grantlink
