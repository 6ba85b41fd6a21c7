// Looks after active connections: refreshes tokens in time, sees that they still work, and tells of
// those that do not; and gives back the tokens of those that were removed.
//
// Each is a task in the vault with a time of its own, so nothing looks at all connections.
// Thread: the loop's.
#pragma once

#include "daemon/lifecycle/refresher.hpp"
#include "daemon/lifecycle/task_queue.hpp"

namespace grantlink {

class Upkeep {
  public:
    Upkeep(boost::asio::any_io_executor loop, LifecycleServices& services, Refresher& refresher);

    void start();
    void wake(); // something has become due
    void stop();

    bool idle() const { return looks_.idle() && revocations_.idle() && refresher_.idle(); }

  private:
    struct Case;

    boost::asio::awaitable<std::chrono::seconds> look(Uuid connection);
    boost::asio::awaitable<std::chrono::seconds> refresh(const Case& about);
    boost::asio::awaitable<std::chrono::seconds> check(const Case& about);
    boost::asio::awaitable<void> postpone(const Case& about, const StepFailure& failure);
    boost::asio::awaitable<std::chrono::seconds> revoke(Uuid connection);

    LifecycleServices& services_;
    Refresher& refresher_;
    TaskQueue looks_, revocations_;
};

} // namespace grantlink
