// The Unix datagram socket on which nginx says that there is an approval, and who was at which
// link (shared/visit.hpp).
//
// What arrives is a hint, of whoever may send here. A flood costs one call a turn of the loop, of a
// bounded number of visits; the rest of them is dropped. Errors: the constructor throws
// std::runtime_error with the path.
#pragma once

#include "shared/visit.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/datagram_protocol.hpp>

#include <array>
#include <functional>
#include <span>
#include <string>

namespace grantlink {

class WakeSocket {
  public:
    // Called whatever arrived; there may be no visits.
    using OnWake = std::function<void(std::span<const Visit> visits)>;

    WakeSocket(boost::asio::any_io_executor loop, const std::string& path, OnWake onWake);
    ~WakeSocket();

    void stop();

  private:
    void receive();
    std::vector<Visit> readAll();

    boost::asio::local::datagram_protocol::socket socket_;
    std::string path_;
    OnWake onWake_;
    std::array<std::uint8_t, maxVisitsLength + 1> buffer_; // one more: what is too long is seen
};

} // namespace grantlink
