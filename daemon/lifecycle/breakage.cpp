#include "daemon/lifecycle/breakage.hpp"

#include "daemon/links/sharers.hpp"
#include "daemon/notify/link_notices.hpp"
#include "daemon/notify/notify.hpp"
#include "daemon/text/printable.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

constexpr TimeMs secondLook = 10'000;
constexpr TimeMs doubtLasts = 24 * 3'600'000;

} // namespace

boost::asio::awaitable<void> breakConnection(LifecycleServices& services, Uuid id,
                                             std::string reason) {
    const SettingsPtr settings = services.settings.get();
    const KeyId linkKey = services.masterKeys->get()->current().id;
    const TimeMs expires = nowMs() + inMs(settings->config.linkLifetime);
    const auto links = std::make_shared<std::vector<Uuid>>(); // a connection of each that changed
    const auto apply = [id, reason, settings, linkKey, expires, links](VaultWriter& vault) {
        auto found = vault.connection(id);
        vault.unschedule(Task::upkeep, id);
        vault.unschedule(Task::collect, id);
        vault.unschedule(Task::copy, id);
        if (!found || found->status != ConnectionStatus::active)
            return;
        Connection& connection = *found;
        connection.status = ConnectionStatus::broken;
        connection.trouble = reason;
        connection.updated = nowMs();
        // The link that connected it is not to work again, but others may wait for it.
        *links = {id};
        if (const auto left = leaveLink(vault, connection))
            links->push_back(*left);
        replaceLink(vault, connection, linkKey, expires);
        planLinkWarning(vault, connection, *settings);
        vault.eraseTokens(id);
        vault.record({.time = nowMs(),
                      .kind = EventKind::broken,
                      .connection = id,
                      .detail = printable(reason)});
        notify(vault, Notice::broken, connection, connection.approved, *settings);
    };
    co_await services.vault.write(apply);
    if (links->empty())
        co_return;
    spdlog::warn("connection {}: broken: {}", id.text(), reason);
    for (const Uuid& connection : *links)
        co_await services.links.publish(services.vault, connection);
    services.notificationQueued();
}

boost::asio::awaitable<bool> doubtConnection(LifecycleServices& services, Uuid id, Doubt doubt,
                                             std::string reason) {
    const auto certain = std::make_shared<bool>(false);
    const auto apply = [id, doubt, reason, certain](VaultWriter& vault) {
        auto connection = vault.connection(id);
        if (!connection || connection->status != ConnectionStatus::active)
            return;
        const TimeMs now = nowMs(), since = now - std::min(now, connection->doubted);
        *certain = since >= secondLook && since < doubtLasts;
        if (since < doubtLasts)
            return;
        connection->doubted = now;
        connection->doubtsAccount = doubt == Doubt::account;
        connection->trouble = reason;
        vault.putConnection(*connection);
        vault.schedule(Task::upkeep, *connection, now + secondLook);
    };
    co_await services.vault.write(apply);
    if (*certain)
        co_await breakConnection(services, id, std::move(reason));
    co_return *certain;
}

bool endDoubt(Connection& connection, Doubt seen) {
    if (connection.doubted == 0 || (connection.doubtsAccount && seen != Doubt::account))
        return false;
    connection.doubted = 0;
    connection.doubtsAccount = false;
    connection.trouble.clear();
    return true;
}

} // namespace grantlink
