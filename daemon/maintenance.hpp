// What has to be looked at from time to time: stale LMDB readers, a links/ that was deleted,
// records that are old enough to be forgotten.
//
// Thread: the loop's.
#pragma once

#include "daemon/approvals/daemon_spool.hpp"
#include "daemon/links/publisher.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace grantlink {

class Maintenance {
  public:
    Maintenance(boost::asio::any_io_executor loop, Vault& vault, DaemonSpool& spool,
                LinkPublisher& links, const CurrentSettings& settings);

    void start();

    void stop() { idle_.stop(); }

    bool idle() const { return !running_; }

  private:
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> once();
    boost::asio::awaitable<void> prune();
    boost::asio::awaitable<void> pruneEvents();
    boost::asio::awaitable<void> forgetDeadLetters();
    boost::asio::awaitable<void> prunePosts();

    boost::asio::any_io_executor loop_;
    Vault& vault_;
    DaemonSpool& spool_;
    LinkPublisher& links_;
    const CurrentSettings& settings_;
    StopSignal idle_;
    Uuid prunedTo_; // the connection whose posts were looked at last; nil: begin anew
    bool running_ = false;
    TimeMs deadLettersDue_ = 0; // to be looked at
};

} // namespace grantlink
