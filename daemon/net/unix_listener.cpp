#include "daemon/net/unix_listener.hpp"

#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace grantlink {

namespace asio = boost::asio;
using boost::system::error_code;
using Local = asio::local::stream_protocol;

namespace {

// Refuses what is there, unless it is a socket that nobody listens on any more.
void requireFree(asio::any_io_executor loop, const std::string& path) {
    struct stat there {};

    if (::lstat(path.c_str(), &there) != 0) {
        if (errno == ENOENT)
            return;
        cannotListen(path, std::strerror(errno));
    }
    if (!S_ISSOCK(there.st_mode))
        cannotListen(path, "the file exists and is not a socket; remove it or choose another path");
    error_code ec;
    Local::socket probe(loop, Local());
    probe.non_blocking(true); // a full backlog means a living listener too
    probe.connect(Local::endpoint(path), ec);
    if (!ec || ec == asio::error::would_block || ec == asio::error::try_again)
        cannotListen(path, "another process is listening there; stop it first");
    if (ec != asio::error::connection_refused &&
        ec != boost::system::errc::no_such_file_or_directory)
        cannotListen(path, ec.message());
}

// Until listen() nobody can connect, so the mode is right before the socket can be used. The
// rename then puts it in the place of a stale one without a moment in which neither exists.
void bindInPlace(Local::acceptor& acceptor, const std::string& path, mode_t mode) {
    const std::string temporary = path + "~";
    ::unlink(temporary.c_str());
    error_code ec;
    acceptor.open(Local(), ec);
    if (!ec)
        acceptor.bind(Local::endpoint(temporary), ec);
    if (!ec && ::chmod(temporary.c_str(), mode) != 0)
        ec.assign(errno, boost::system::system_category());
    if (!ec)
        acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec && ::rename(temporary.c_str(), path.c_str()) != 0)
        ec.assign(errno, boost::system::system_category());
    if (!ec)
        return;
    ::unlink(temporary.c_str());
    cannotListen(path, ec.message());
}

} // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)), mine_{} {
    ::lstat(path_.c_str(), &mine_);
}

void SocketFile::remove() {
    struct stat there {};

    const bool still = ::lstat(path_.c_str(), &there) == 0 && there.st_ino == mine_.st_ino &&
                       there.st_dev == mine_.st_dev;
    if (still && !removed_)
        ::unlink(path_.c_str());
    removed_ = true;
}

void listenAt(Local::acceptor& acceptor, const std::string& path, mode_t mode) {
    if (path.size() + 2 > sizeof(sockaddr_un::sun_path)) // "~" and the final NUL
        cannotListen(path, "the path is too long for a Unix socket; choose a shorter one");
    requireFree(acceptor.get_executor(), path);
    bindInPlace(acceptor, path, mode);
}

void cannotListen(const std::string& where, const std::string& why) {
    throw std::runtime_error("cannot listen on " + where + ": " + why);
}

} // namespace grantlink
