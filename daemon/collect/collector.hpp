// Collects what connected accounts publish: at once when a connection has become active, then again
// and again, as often as the account publishes and its provider allows.
//
// A poll reads from the newest post back to one that is known, and puts what is new, edited or gone
// into the vault in one transaction, with the time of the next poll. A provider that turns a
// connection away, or says that it has no request left, is not asked for that connection before the
// time that it names; see Throttle for what that means for others. A token that is refused is
// refreshed first; where that is impossible or refused as well, the connection is broken.
//
// Thread: the loop's.
#pragma once

#include "daemon/collect/keep_posts.hpp"
#include "daemon/lifecycle/refresher.hpp"
#include "daemon/lifecycle/task_queue.hpp"

namespace grantlink {

class Collector {
  public:
    Collector(boost::asio::any_io_executor loop, LifecycleServices& services, Refresher& refresher);

    void start() { polls_.start(); }

    void stop() { polls_.stop(); }

    bool idle() const { return polls_.idle(); }

  private:
    struct Case;
    struct Poll;

    boost::asio::awaitable<std::chrono::seconds> collect(Uuid connection);
    boost::asio::awaitable<Poll> read(const Case& about);
    boost::asio::awaitable<Poll> readWithNewerToken(const Case& about, Poll refused);
    boost::asio::awaitable<void> keep(const Case& about, Poll poll);
    boost::asio::awaitable<void> postpone(Uuid connection, TimeMs next);
    bool hasNewerToken(const Case& about) const;
    bool goesOn(const Case& about, const std::vector<Post>& page) const;
    static void note(const Poll& poll, Collecting& state, TimeMs now);
    static TimeMs nextAfter(const VaultReader& vault, const Uuid& connection, const Poll& poll,
                            const Collecting& state, const ContentConfig& content, TimeMs now);

    LifecycleServices& services_;
    Refresher& refresher_;
    TaskQueue polls_;
};

} // namespace grantlink
