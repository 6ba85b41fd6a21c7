#include "daemon/admin/connections.hpp"

#include "daemon/admin/connection_request.hpp"
#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/links/sharers.hpp"
#include "daemon/metrics/metrics_text.hpp"
#include "daemon/notify/link_notices.hpp"
#include "daemon/notify/notify.hpp"
#include "daemon/text/rfc3339.hpp"

#include <algorithm>
#include <charconv>

namespace grantlink {

namespace {

TimeMs after(std::chrono::seconds duration) {
    return nowMs() + inMs(duration);
}

void revoke(Connection& connection, VaultWriter& vault, const Settings& settings) {
    if (connection.status != ConnectionStatus::revoked)
        notify(vault, Notice::removed, connection, connection.approved, settings);
    forgetLinkNotices(vault, connection);
    connection.status = ConnectionStatus::revoked;
}

// The same to whom else waits for the connection's link.
template <typename Act>
void eachOtherThatWaits(VaultWriter& vault, const Connection& connection, EventKind kind,
                        const Actor& actor, Act act) {
    for (Connection& other : sharersOf(vault, connection)) {
        if (other.id == connection.id || !other.waits())
            continue;
        act(other);
        other.updated = nowMs();
        vault.putConnection(other);
        vault.record({.time = other.updated, .kind = kind, .connection = other.id, .actor = actor});
    }
}

} // namespace

ConnectionsApi::ConnectionsApi(Vault& vault, LinkPublisher& links, const DaemonSpool& spool,
                               RequestTraces& requests, const Metrics& metrics,
                               const CurrentSettings& settings,
                               std::shared_ptr<const MasterKeyring> keys,
                               std::function<void()> queued)
    : vault_(vault), links_(links), spool_(spool), requests_(requests), metrics_(metrics),
      settings_(settings), keys_(std::move(keys)), queued_(std::move(queued)) {}

boost::asio::awaitable<Json> ConnectionsApi::create(Json wanted, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const KeyId key = keys_->get()->current().id;
    const std::vector<Connection> made = connectionsIn(wanted, *settings, key);
    const auto put = [made, settings, actor](VaultWriter& vault) {
        for (const Connection& connection : made) {
            vault.putConnection(connection);
            vault.record({.time = connection.created,
                          .kind = EventKind::created,
                          .connection = connection.id,
                          .actor = actor,
                          .detail = connection.provider + " " + connection.account});
        }
        planLinkNotices(vault, made.front(), *settings);
    };
    co_await vault_.write(put);
    if (wanted["trace"].boolean())
        for (const Connection& connection : made)
            requests_.begin(connection.id);
    co_await links_.publish(vault_, made.front().id);
    queued_();
    if (wanted["accounts"].isNull())
        co_return withLink(made.front());
    Json list = Json::array();
    for (const Connection& connection : made)
        list.push(represent(connection));
    co_return Json::object()
        .set("connections", list)
        .set("link", links_.linkOf(made.front()))
        .set("link_expires_at", rfc3339(made.front().linkExpires));
}

Connection ConnectionsApi::find(const Uuid& id) const {
    if (auto found = vault_.connection(id))
        return *found;
    throw noSuchConnection(id);
}

Json ConnectionsApi::show(const Uuid& id) const {
    return represent(find(id));
}

boost::asio::awaitable<Json> ConnectionsApi::link(Uuid id, Actor actor) {
    const Connection connection = find(id);
    if (connection.status == ConnectionStatus::active ||
        connection.status == ConnectionStatus::revoked)
        throw conflict("the connection is " + std::string(nameOf(connection.status)) +
                       "; only one that waits for an approval has a link");
    if (!keys_->get()->find(connection.linkKey))
        throw conflict("the master key that this link was made with is retired; regenerate it");
    const auto shown = [id, actor](VaultWriter& vault) {
        vault.record(
            {.time = nowMs(), .kind = EventKind::linkShown, .connection = id, .actor = actor});
    };
    co_await vault_.write(shown);
    co_return Json::object()
        .set("link", links_.linkOf(connection))
        .set("expires_at", rfc3339(connection.linkExpires))
        .set("generation", connection.generation);
}

boost::asio::awaitable<Connection> ConnectionsApi::change(Uuid id, EventKind kind, Actor actor,
                                                          Change change) {
    const auto changed = std::make_shared<Connection>(find(id));
    const auto apply = [id, kind, actor = std::move(actor), change = std::move(change),
                        changed](VaultWriter& vault) {
        *changed = vault.connection(id).value(); // nothing removes connections
        change(*changed, vault);
        changed->updated = nowMs();
        vault.putConnection(*changed);
        vault.record({.time = changed->updated, .kind = kind, .connection = id, .actor = actor});
    };
    co_await vault_.write(apply);
    co_await links_.publish(vault_, id);
    co_return *changed;
}

boost::asio::awaitable<Json> ConnectionsApi::regenerate(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const TimeMs expires = after(settings->config.linkLifetime);
    const KeyId key = keys_->get()->current().id;
    const Change renew = [expires, key, settings, actor](Connection& c, VaultWriter& vault) {
        if (c.status == ConnectionStatus::active)
            throw conflict("the connection is active and needs no link");
        if (c.status == ConnectionStatus::revoked)
            throw conflict("the connection was cancelled; request a new one");
        replaceLink(vault, c, key, expires);
        planLinkNotices(vault, c, *settings);
        eachOtherThatWaits(vault, c, EventKind::regenerated, actor, [](Connection&) {});
    };
    const Connection connection =
        co_await change(id, EventKind::regenerated, std::move(actor), renew);
    queued_();
    co_return withLink(connection);
}

boost::asio::awaitable<Json> ConnectionsApi::cancel(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const Change withdraw = [settings, actor](Connection& c, VaultWriter& vault) {
        if (c.status == ConnectionStatus::active)
            throw conflict("the connection is active; there is no request left to cancel");
        const auto end = [&](Connection& one) {
            revoke(one, vault, *settings);
            vault.erasePosts(one.id); // of one that was active once
        };
        if (c.waits())
            eachOtherThatWaits(vault, c, EventKind::cancelled, actor, end);
        end(c);
    };
    const Connection connection =
        co_await change(id, EventKind::cancelled, std::move(actor), withdraw);
    queued_();
    co_return represent(connection);
}

// What is at the provider is given back by a task of its own: the provider may be down.
boost::asio::awaitable<Json> ConnectionsApi::remove(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const Change end = [settings](Connection& c, VaultWriter& vault) {
        vault.unschedule(Task::upkeep, c.id);
        vault.unschedule(Task::collect, c.id);
        vault.unschedule(Task::copy, c.id);
        vault.erasePosts(c.id);
        const Provider* provider = settings->provider(c.provider);
        if (c.status == ConnectionStatus::active && provider && provider->preset().revoke)
            vault.schedule(Task::revoke, c, nowMs());
        else if (c.status != ConnectionStatus::revoked)
            vault.eraseTokens(c.id);
        revoke(c, vault, *settings);
        c.trouble.clear();
        c.tokenExpires = 0;
    };
    const Connection connection = co_await change(id, EventKind::removed, std::move(actor), end);
    queued_();
    co_return represent(connection);
}

Json ConnectionsApi::trace(const Uuid& id,
                           const std::vector<std::pair<std::string, std::string>>& query) const {
    std::size_t after = 0;
    for (const auto& [name, value] : query) {
        const auto [rest, error] =
            std::from_chars(value.data(), value.data() + value.size(), after);
        if (name != "after" || error != std::errc() || rest != value.data() + value.size())
            throw badRequest("the only parameter is after, the \"next\" of the answer before",
                             name);
    }
    Json out = requests_.of(find(id).id, after);
    if (out.isNull())
        throw notFound(
            "nothing is traced of this connection; ask for it with \"trace\": true when it "
            "is made, and before grantlinkd starts anew");
    return out;
}

Json ConnectionsApi::withLink(const Connection& connection) const {
    return represent(connection).set("link", links_.linkOf(connection));
}

Json ConnectionsApi::health() const {
    VaultCounts counts;
    vault_.read([&](const VaultReader& vault) { counts = vault.counts(); });
    return Json::object()
        .set("status", "ok")
        .set("version", GRANTLINK_VERSION)
        .set("connections", Json::object()
                                .set("pending", counts.pending)
                                .set("active", counts.active)
                                .set("broken", counts.broken)
                                .set("revoked", counts.revoked))
        .set("spool", Json::object().set("approvals", spool_.counts().approvals))
        .set("outbox", Json::object()
                           .set("waiting", counts.notifications)
                           .set("dead", counts.deadNotifications));
}

std::string ConnectionsApi::metrics() const {
    VaultCounts counts;
    vault_.read([&](const VaultReader& vault) { counts = vault.counts(); });
    return metricsText(metrics_, counts, vault_.figures(), spool_.counts().approvals, nowMs());
}

} // namespace grantlink
