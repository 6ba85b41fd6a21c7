// Sends what waits in the vault's outbox, and tries again what did not get through.
//
// A notification leaves the outbox after the SMTP server took it: at least once, always under the
// same id. One that fails for now waits longer each time; one that the server refuses for good, or
// that has failed for three days, is given up with a log line.
//
// Thread: the loop's.
#pragma once

#include "daemon/links/publisher.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/notify/mail.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <set>

namespace grantlink {

class Outbox {
  public:
    Outbox(boost::asio::any_io_executor loop, Vault& vault, const LinkPublisher& links,
           const CurrentSettings& settings);

    void start();

    void wake() { idle_.wakeAll(); }

    void stop() { idle_.stop(); }

    bool idle() const { return !running_; }

  private:
    boost::asio::awaitable<void> deliver();
    boost::asio::awaitable<void> sendOne(Notification notification);
    boost::asio::awaitable<bool> leaves(const Notification& notification);

    Mail mailOf(const Notification& notification) const;

    boost::asio::any_io_executor loop_;
    Vault& vault_;
    const LinkPublisher& links_;
    const CurrentSettings& settings_;
    StopSignal idle_;
    bool running_ = false;
    std::set<Uuid> settled_; // taken or given up, but not yet written down: never sent again
};

} // namespace grantlink
