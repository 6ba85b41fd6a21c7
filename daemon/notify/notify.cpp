#include "daemon/notify/notify.hpp"

namespace grantlink {

namespace {

Notification notificationOf(Notice about, const Connection& connection,
                            const std::optional<ApprovedAccount>& approved,
                            const Settings& settings) {
    const Provider* provider = settings.provider(connection.provider);
    const auto display = [&](const std::string& handle) {
        return provider ? provider->display(handle) : handle;
    };
    Notification out;
    out.about = about;
    out.connection = connection.id;
    out.provider = provider ? provider->preset().name : connection.provider;
    out.account = display(connection.account);
    out.approved = approved ? display(approved->handle) : "";
    out.approvedId = approved ? approved->id : "";
    out.requester = connection.requester;
    out.reason = about == Notice::broken ? connection.trouble : "";
    out.when = out.since = nowMs();
    return out;
}

// Whoever removed a connection knows it; a program that keeps a list may not.
bool isMailed(Notice about) {
    return about != Notice::removed;
}

} // namespace

bool notify(VaultWriter& vault, Notice about, const Connection& connection,
            const std::optional<ApprovedAccount>& approved, const Settings& settings) {
    Notification out = notificationOf(about, connection, approved, settings);
    bool any = false;
    const auto put = [&] {
        out.id = Uuid::v7();
        vault.putNotification(out, out.when);
        any = true;
    };
    for (const auto& [name, webhook] : settings.config.webhooks) {
        out.webhook = name;
        if (webhook.wants(eventOf(about)))
            put();
    }
    out.webhook.clear();
    out.to = connection.notify;
    if (settings.config.mail && !out.to.empty() && isMailed(about))
        put();
    return any;
}

void notifyRecipient(VaultWriter& vault, Notice about, const Connection& connection,
                     const Settings& settings) {
    if (!settings.config.mail || connection.recipient.empty())
        return;
    Notification out = notificationOf(about, connection, std::nullopt, settings);
    out.id = Uuid::v7();
    out.to = connection.recipient;
    vault.putNotification(out, out.when);
}

} // namespace grantlink
