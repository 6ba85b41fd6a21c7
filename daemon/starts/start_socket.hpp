// start.sock: nginx asks, one connection a start, and waits for the answer (start_message.hpp).
//
// Whoever is in nginx's group can connect. A connection that says nothing is closed after 2 s, one
// that says something else than a request of this version at once; above 64 at a time each is told
// that it is busy here, and above 256 none is answered.
//
// Errors: the constructor throws std::runtime_error with the path. Thread: the loop's.
#pragma once

#include "daemon/net/unix_listener.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace grantlink {

class StartSocket {
  public:
    // `answer`: from the text of a state to an encoded StartReply.
    using Answer = std::function<boost::asio::awaitable<std::string>(std::string)>;

    StartSocket(boost::asio::any_io_executor loop, const std::string& path, Answer answer);

    void start();
    void stop(); // takes no more; what is being answered goes on

    bool idle() const { return running_ == 0; }

  private:
    struct Session;

    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(std::shared_ptr<Session> session);
    boost::asio::awaitable<void> talk(Session& session, bool busy);
    boost::asio::awaitable<std::optional<std::string>> read(Session& session);

    boost::asio::local::stream_protocol::acceptor acceptor_;
    SocketFile file_;
    Answer answer_;
    std::size_t running_ = 0;
};

} // namespace grantlink
