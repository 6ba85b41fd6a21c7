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

constexpr std::size_t mostPosts = 20;                     // of an event
constexpr std::size_t mostWords = std::size_t{64} * 1024; // bytes of all their texts

// Their numbers alone: they are sealed where they are, and may be edited or gone when it is sent.
std::vector<std::uint64_t> newestOf(const std::vector<StoredPost>& created) {
    std::vector<std::uint64_t> out;
    std::size_t words = 0;
    for (auto post = created.rbegin(); post != created.rend() && out.size() < mostPosts; ++post) {
        words += post->text.size();
        if (words > mostWords)
            break;
        out.push_back(post->number);
    }
    return out;
}

// Whoever removed a connection knows it; a program that keeps a list may not.
bool isMailed(Notice about) {
    return about != Notice::removed;
}

void put(VaultWriter& vault, Notification& notification) {
    notification.id = Uuid::v7();
    vault.putNotification(notification, notification.when);
}

// One for each that wants it.
bool putForWebhooks(VaultWriter& vault, Notification notification, const Settings& settings) {
    bool any = false;
    for (const auto& [name, webhook] : settings.config.webhooks) {
        if (!webhook.wants(eventOf(notification.about)))
            continue;
        notification.webhook = name;
        put(vault, notification);
        any = true;
    }
    return any;
}

} // namespace

bool notify(VaultWriter& vault, Notice about, const Connection& connection,
            const std::optional<ApprovedAccount>& approved, const Settings& settings) {
    Notification out = notificationOf(about, connection, approved, settings);
    const bool called = putForWebhooks(vault, out, settings);
    out.to = connection.notify;
    const bool mailed = settings.config.mail && !out.to.empty() && isMailed(about);
    if (mailed)
        put(vault, out);
    return called || mailed;
}

bool notifyPosts(VaultWriter& vault, const Connection& connection,
                 const std::vector<StoredPost>& created, bool first, const Settings& settings) {
    if (created.empty())
        return false;
    Notification out = notificationOf(Notice::published, connection, connection.approved, settings);
    out.posts = newestOf(created);
    out.postCount = created.size();
    out.firstPosts = first;
    return putForWebhooks(vault, out, settings);
}

void notifyOfLink(VaultWriter& vault, Notice about, const std::vector<Connection>& waiting,
                  const Settings& settings) {
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (i == 0)
            notify(vault, about, waiting[i], std::nullopt, settings);
        else
            putForWebhooks(vault, notificationOf(about, waiting[i], std::nullopt, settings),
                           settings);
    }
}

void notifyRecipient(VaultWriter& vault, Notice about, const Connection& connection,
                     const Settings& settings) {
    if (!settings.config.mail || connection.recipient.empty())
        return;
    Notification out = notificationOf(about, connection, std::nullopt, settings);
    out.to = connection.recipient;
    put(vault, out);
}

} // namespace grantlink
