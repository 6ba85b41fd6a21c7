// Sends what waits in the vault's outbox, and tries again what did not get through.
//
// Mail and each webhook have a queue of their own, served one after the other: one that is slow or
// down delays nobody else's. A notification leaves the outbox after the receiver took it: at least
// once, always under the same id. One that fails for now waits longer each time; one that is
// refused for good, or has failed for three days, becomes a dead letter, which can be looked at
// and replayed.
//
// Thread: the loop's.
#pragma once

#include "daemon/links/publisher.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/notify/mail.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace grantlink {

class Outbox {
  public:
    Outbox(boost::asio::any_io_executor loop, Vault& vault, const LinkPublisher& links,
           HttpClient& http, const CurrentSettings& settings);

    void start();

    void wake() { idle_.wakeAll(); }

    void stop() { idle_.stop(); }

    bool idle() const { return !looking_ && busy_.empty(); }

  private:
    // How one try ended.
    struct Try {
        enum class End { delivered, failed, refused, moot };

        End end = End::failed;
        std::string message; // safe to log
        std::chrono::seconds retryAfter{0};
        bool hadLink = false; // an approval link was in it
    };

    boost::asio::awaitable<void> look();
    void serveDue();
    boost::asio::awaitable<void> serve(std::string queue, std::vector<Notification> due);
    boost::asio::awaitable<void> sendOne(Notification notification);
    boost::asio::awaitable<Try> send(const Notification& notification);
    boost::asio::awaitable<Try> mail(const Notification& notification, const Config& config);
    boost::asio::awaitable<Try> post(const Notification& notification, const Config& config);

    std::vector<Connection> waitingFor(const Notification& notification) const;
    std::string linkFor(const Notification& notification,
                        const std::optional<Connection>& connection) const;
    std::vector<StoredPost> postsOf(const Notification& notification) const;
    Mail mailOf(const Notification& notification, const SmtpConfig& config,
                const std::optional<Connection>& connection, std::string link) const;

    boost::asio::any_io_executor loop_;
    Vault& vault_;
    const LinkPublisher& links_;
    HttpClient& http_;
    const CurrentSettings& settings_;
    StopSignal idle_;
    bool looking_ = false;
    std::set<std::string> busy_; // queues that are being served
    // Taken, but not yet written down: never sent again; with whether a link was in it.
    std::map<Uuid, bool> settled_;
};

} // namespace grantlink
