// A listening Unix socket at a path: made without a moment of wrong permissions, removed again.
//
// Errors: throws std::runtime_error whose message names the path and says what to do.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <sys/stat.h>
#include <sys/types.h>

#include <string>

namespace grantlink {

// The socket's file goes with the server, unless another process has put its own there since.
class SocketFile {
  public:
    explicit SocketFile(std::string path); // of a socket that is bound already

    ~SocketFile() { remove(); }

    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;

    void remove();

  private:
    std::string path_;
    struct stat mine_;
    bool removed_ = false;
};

// Binds the (closed) acceptor to the path with these permission bits, and listens. A stale socket
// file is replaced; one with a living listener behind it is an error.
void listenAt(boost::asio::local::stream_protocol::acceptor& acceptor, const std::string& path,
              mode_t mode);

[[noreturn]] void cannotListen(const std::string& where, const std::string& why);

} // namespace grantlink
