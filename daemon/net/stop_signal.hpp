// Sleeping that a shutdown can cut short.
//
// Thread: the loop's.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <set>

namespace grantlink {

class StopSignal {
  public:
    bool stopped() const { return stopped_; }

    void stop() {
        stopped_ = true;
        wakeAll();
    }

    void wakeAll() {
        for (boost::asio::steady_timer* timer : sleeping_)
            timer->cancel();
    }

    // Returns early when stop() or wakeAll() is called.
    boost::asio::awaitable<void> sleep(std::chrono::milliseconds duration) {
        if (stopped_)
            co_return;
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
        const Registration registration(sleeping_, &timer);
        boost::system::error_code cancelled;
        co_await timer.async_wait(
            boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    }

  private:
    using Timers = std::set<boost::asio::steady_timer*>;

    class Registration {
      public:
        Registration(Timers& timers, boost::asio::steady_timer* timer)
            : timers_(timers), timer_(timer) {
            timers_.insert(timer_);
        }

        ~Registration() { timers_.erase(timer_); }

        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;

      private:
        Timers& timers_;
        boost::asio::steady_timer* timer_;
    };

    bool stopped_ = false;
    Timers sleeping_;
};

} // namespace grantlink
