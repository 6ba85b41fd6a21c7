// Does what is due, of one task, for all connections: in the order of their times, many at once,
// and no provider in another's way: each has its share of what runs at a time.
//
// A handler leaves the task done, or due at another time. One that throws is asked again after a
// pause. Thread: the loop's.
#pragma once

#include "daemon/lifecycle/throttle.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace grantlink {

class TaskQueue {
  public:
    // For how long the provider has turned this connection away; 0: it has not. What it means for
    // others is for Throttle to say.
    using Handler = std::function<boost::asio::awaitable<std::chrono::seconds>(Uuid connection)>;

    static constexpr std::size_t usualMost = 256;

    // `most` at a time in all, but at least one a provider.
    TaskQueue(boost::asio::any_io_executor loop, const Vault& vault,
              const CurrentSettings& settings, Task task, Handler handler,
              std::size_t most = usualMost);

    void start();

    void wake() { idle_.wakeAll(); }

    void stop() { idle_.stop(); }

    bool idle() const { return !looking_ && running_ == 0; }

  private:
    using Clock = Throttle::Clock;

    struct Lane {                               // of a provider
        std::map<Uuid, Clock::time_point> held; // running, or failed and until when
        std::size_t running = 0;
        Throttle throttle;
    };

    boost::asio::awaitable<void> look();
    void takeDue(const std::string& provider, Lane& lane, std::size_t share);
    boost::asio::awaitable<void> runOne(std::string provider, Uuid connection);

    boost::asio::any_io_executor loop_;
    const Vault& vault_;
    const CurrentSettings& settings_;
    Task task_;
    Handler handler_;
    std::size_t most_;
    StopSignal idle_; // between two looks
    std::map<std::string, Lane> lanes_;
    std::size_t running_ = 0;
    bool looking_ = false;
};

} // namespace grantlink
