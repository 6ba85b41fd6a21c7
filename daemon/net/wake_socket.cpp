#include "daemon/net/wake_socket.hpp"

#include <boost/asio/buffer.hpp>

#include <unistd.h>

#include <stdexcept>

namespace grantlink {

namespace {

using boost::asio::local::datagram_protocol;

// In a turn of the loop.
constexpr int mostDatagrams = 1024;
constexpr std::size_t mostVisits = 1024; // and those of one datagram more

} // namespace

WakeSocket::WakeSocket(boost::asio::any_io_executor loop, const std::string& path, OnWake onWake)
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
                           onWake_(readSome());
                           receive();
                       });
}

WakeSocket::Told WakeSocket::readSome() {
    Told out;
    boost::system::error_code empty;
    for (int i = 0; i < mostDatagrams && out.visits.size() < mostVisits; ++i) {
        const std::size_t length = socket_.receive(boost::asio::buffer(buffer_), 0, empty);
        if (empty)
            break;
        const std::vector<Visit> visits = parseVisits(Bytes(buffer_).first(length));
        out.approval = out.approval || visits.empty();
        out.visits.insert(out.visits.end(), visits.begin(), visits.end());
    }
    return out;
}

} // namespace grantlink
