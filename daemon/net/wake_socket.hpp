// The Unix datagram socket by which nginx says "there is an approval".
//
// What arrives is a hint: content and sender do not matter, and a flood costs one wake-up a turn of
// the loop. Errors: the constructor throws std::runtime_error with the path.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/datagram_protocol.hpp>

#include <functional>
#include <string>

namespace grantlink {

class WakeSocket {
  public:
    WakeSocket(boost::asio::any_io_executor loop, const std::string& path,
               std::function<void()> onWake);
    ~WakeSocket();

    void stop();

  private:
    void receive();

    boost::asio::local::datagram_protocol::socket socket_;
    std::string path_;
    std::function<void()> onWake_;
    char buffer_[16];
};

} // namespace grantlink
