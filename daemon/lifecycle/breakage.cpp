#include "daemon/lifecycle/breakage.hpp"

#include <spdlog/spdlog.h>

namespace grantlink {

namespace {

Notification noticeOf(const Connection& connection, const Provider* provider) {
    const auto display = [&](const std::string& handle) {
        return provider && !handle.empty() ? provider->display(handle) : handle;
    };
    Notification out;
    out.id = Uuid::v7();
    out.about = Notice::broken;
    out.connection = connection.id;
    out.to = connection.notify;
    out.provider = provider ? provider->preset().name : connection.provider;
    out.account = display(connection.account);
    out.approved = connection.approved ? display(connection.approved->handle) : "";
    out.requester = connection.requester;
    out.reason = connection.trouble;
    out.when = nowMs();
    return out;
}

} // namespace

boost::asio::awaitable<void> breakConnection(LifecycleServices& services, Uuid id,
                                             std::string reason) {
    const SettingsPtr settings = services.settings.get();
    const KeyId linkKey = services.masterKeys->current().id;
    const auto changed = std::make_shared<std::optional<Connection>>();
    const auto apply = [id, reason, settings, linkKey, changed](VaultWriter& vault) {
        auto found = vault.connection(id);
        vault.unschedule(Task::upkeep, id);
        if (!found || found->status != ConnectionStatus::active)
            return;
        Connection& connection = *found;
        connection.status = ConnectionStatus::broken;
        connection.trouble = reason;
        connection.updated = nowMs();
        ++connection.generation; // the link that connected it is not to work again
        connection.linkKey = linkKey;
        connection.linkExpires =
            nowMs() + static_cast<TimeMs>(settings->config.linkLifetime.count()) * 1000;
        vault.eraseTokens(id);
        vault.putConnection(connection);
        const Provider* provider = settings->provider(connection.provider);
        if (settings->config.mail && !connection.notify.empty()) {
            const Notification notice = noticeOf(connection, provider);
            vault.putNotification(notice, notice.when);
        }
        *changed = connection;
    };
    co_await services.vault.write(apply);
    if (!*changed)
        co_return;
    spdlog::warn("connection {}: broken: {}", id.text(), reason);
    co_await services.links.publish(**changed);
    services.notificationQueued();
}

} // namespace grantlink
