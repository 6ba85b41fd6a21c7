// grantlinkd as one object: its parts, wired, and their life from start to stop.
//
// run() returns when the daemon was asked to stop and its work has ended or was left safely. The
// constructor throws std::runtime_error with what is wrong and what to do.
#pragma once

#include "daemon/admin/api.hpp"
#include "daemon/approvals/processor.hpp"
#include "daemon/audit/visits.hpp"
#include "daemon/collect/collector.hpp"
#include "daemon/console/console_site.hpp"
#include "daemon/lifecycle/link_watch.hpp"
#include "daemon/lifecycle/resealer.hpp"
#include "daemon/lifecycle/upkeep.hpp"
#include "daemon/maintenance.hpp"
#include "daemon/media/copier.hpp"
#include "daemon/net/wake_socket.hpp"
#include "daemon/notify/outbox.hpp"
#include "daemon/oauth/discovery.hpp"
#include "daemon/starts/start.hpp"
#include "daemon/starts/start_socket.hpp"
#include "daemon/vault/lmdb_vault.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <memory>
#include <string>

namespace grantlink {

class Daemon {
  public:
    Daemon(std::string configPath, SettingsPtr settings);

    void run();

  private:
    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<void> stop();
    void openConsole(const Config& config);
    void watchSignals();
    boost::asio::awaitable<void> reload();
    boost::asio::awaitable<void> reloadKeys();
    boost::asio::awaitable<bool> discover(); // true: the settings are others now
    boost::asio::awaitable<void> keepDiscovering();

    bool idle() const {
        return approvals_.idle() && upkeep_.idle() && resealer_.idle() && linkWatch_.idle() &&
               collector_.idle() && copier_.idle() && outbox_.idle() && maintenance_.idle() &&
               api_.idle() && streams_.idle() && startSocket_->idle() && visits_.idle();
    }

    std::string configPath_, masterKeyPath_, edgeKeyPath_;
    StopSignal stop_, discovered_; // before the loop: what sleeps on them is destroyed with it
    bool publishing_ = false;      // links have been published, or are being
    boost::asio::io_context loop_{1};
    boost::asio::signal_set signals_;
    CurrentSettings settings_;

    std::shared_ptr<MasterKeyring> masterKeys_;
    std::shared_ptr<EdgeKeyring> edgeKeys_;
    LmdbVault vault_; // takes the lock, so it comes before all that a second daemon would disturb
    DaemonSpool spool_;
    LinkPublisher links_;
    CurlLoop curl_;
    CurlHttpClient curlClient_;
    Metrics metrics_;
    MeasuredClient http_;
    DpopNonces dpopNonces_;
    RequestTraces requests_;
    KeySets keySets_;
    Discovery discovery_;
    Outbox outbox_;
    ApprovalServices services_;
    ApprovalProcessor approvals_;
    LifecycleServices lifecycle_;
    Refresher refresher_;
    Upkeep upkeep_;
    Resealer resealer_;
    LinkWatch linkWatch_;
    Collector collector_;
    Visits visits_;
    MediaFiles mediaFiles_;
    MediaCopier copier_;
    Maintenance maintenance_;
    ConnectionsApi connections_;
    ConnectionLists lists_;
    TokensApi tokens_;
    EventsApi events_;
    EventStreams streams_;
    KeysApi keys_;
    NotificationsApi notifications_;
    PostsApi posts_;
    MediaApi media_;
    Pictures pictures_;
    AdminApi api_;
    ConsoleSite console_;
    Starts starts_;
    std::unique_ptr<WakeSocket> wake_;
    std::unique_ptr<StartSocket> startSocket_;
    std::unique_ptr<HttpServer> admin_, consoleServer_;
};

} // namespace grantlink
