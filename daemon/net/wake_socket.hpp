// The Unix datagram socket on which nginx says that there is an approval, and who was at which
// link (shared/visit.hpp).
//
// What arrives is a hint, of whoever may send here. A flood costs one call a turn of the loop, of a
// bounded number of datagrams and visits; the rest waits, and who sends more than fits is told so.
// Errors: the constructor throws std::runtime_error with the path.
#pragma once

#include "shared/visit.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/datagram_protocol.hpp>

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace grantlink {

class WakeSocket {
  public:
    struct Told {
        bool approval = false; // may be there: a datagram came that has no visits
        std::vector<Visit> visits;
    };

    using OnWake = std::function<void(const Told&)>;

    WakeSocket(boost::asio::any_io_executor loop, const std::string& path, OnWake onWake);
    ~WakeSocket();

    void stop();

  private:
    void receive();
    Told readSome();

    boost::asio::local::datagram_protocol::socket socket_;
    std::string path_;
    OnWake onWake_;
    std::array<std::uint8_t, maxVisitsLength + 1> buffer_; // one more: what is too long is seen
};

} // namespace grantlink
