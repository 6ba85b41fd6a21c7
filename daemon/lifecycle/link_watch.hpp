// Tells what was planned of links that still wait (notify/link_notices.hpp), when it is due.
//
// Thread: the loop's.
#pragma once

#include "daemon/lifecycle/services.hpp"
#include "daemon/lifecycle/task_queue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace grantlink {

class LinkWatch {
  public:
    LinkWatch(boost::asio::any_io_executor loop, LifecycleServices& services);

    void start();
    void stop();

    bool idle() const { return warnings_.idle() && reminders_.idle(); }

  private:
    boost::asio::awaitable<std::chrono::seconds> warn(Uuid connection);
    boost::asio::awaitable<std::chrono::seconds> remind(Uuid connection);

    LifecycleServices& services_;
    TaskQueue warnings_, reminders_;
};

} // namespace grantlink
