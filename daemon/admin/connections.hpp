// What can be done with connections: the steps behind the admin API, each checked and durable.
//
// Each change is in the audit trail with its actor, in the same transaction.
//
// Errors: a Problem for whatever the caller did wrong.
// Thread: the loop's.
#pragma once

#include "daemon/approvals/daemon_spool.hpp"
#include "daemon/json/json.hpp"
#include "daemon/links/publisher.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/oauth/request_traces.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/keyring.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace grantlink {

class ConnectionsApi {
  public:
    ConnectionsApi(Vault& vault, LinkPublisher& links, const DaemonSpool& spool,
                   RequestTraces& requests, const Metrics& metrics, const CurrentSettings& settings,
                   std::shared_ptr<const MasterKeyring> keys, std::function<void()> queued);

    // With the link. Several that are asked for in `accounts` share one.
    boost::asio::awaitable<Json> create(Json wanted, Actor actor);
    Json show(const Uuid& id) const;
    boost::asio::awaitable<Json> link(Uuid id, Actor actor); // recorded before it is shown
    // Both act for all that wait for the same link.
    boost::asio::awaitable<Json> regenerate(Uuid id, Actor actor); // with its new link
    boost::asio::awaitable<Json> cancel(Uuid id, Actor actor);
    boost::asio::awaitable<Json> remove(Uuid id, Actor actor); // its token is given back
    Json trace(const Uuid& id, const std::vector<std::pair<std::string, std::string>>& query) const;
    Json health() const;
    std::string metrics() const; // as Prometheus reads them

  private:
    using Change = std::function<void(Connection&, VaultWriter&)>;

    Connection find(const Uuid& id) const;
    boost::asio::awaitable<Connection> change(Uuid id, EventKind kind, Actor actor, Change change);
    Json withLink(const Connection& connection) const;

    Vault& vault_;
    LinkPublisher& links_;
    const DaemonSpool& spool_;
    RequestTraces& requests_;
    const Metrics& metrics_;
    const CurrentSettings& settings_;
    std::shared_ptr<const MasterKeyring> keys_;
    std::function<void()> queued_; // tasks or notifications
};

} // namespace grantlink
