#include "daemon/notify/link_notices.hpp"

#include "daemon/notify/notify.hpp"

#include <algorithm>

namespace grantlink {

namespace {

void planReminder(VaultWriter& vault, const Connection& connection) {
    if (const auto due = nextReminder(connection, nowMs()))
        vault.schedule(Task::remind, connection, *due);
}

} // namespace

std::optional<TimeMs> nextReminder(const Connection& connection, TimeMs now) {
    std::optional<TimeMs> out;
    for (const std::chrono::seconds after : connection.remind) {
        const TimeMs due = connection.linkMade + static_cast<TimeMs>(after.count()) * 1000;
        if (due > now && due < connection.linkExpires)
            out = std::min(due, out.value_or(due));
    }
    return out;
}

bool linkWaits(const Connection& connection, TimeMs now) {
    return (connection.status == ConnectionStatus::pending ||
            connection.status == ConnectionStatus::broken) &&
           connection.linkExpires > now;
}

// The end of a link that lives hardly longer than the warning comes early is no news.
void planLinkWarning(VaultWriter& vault, const Connection& connection, const Settings& settings) {
    const auto before = static_cast<TimeMs>(settings.config.linkWarning.count()) * 1000;
    forgetLinkNotices(vault, connection.id);
    if (connection.linkExpires > connection.linkMade + 2 * before)
        vault.schedule(Task::warn, connection, connection.linkExpires - before);
}

void planLinkNotices(VaultWriter& vault, const Connection& connection, const Settings& settings) {
    planLinkWarning(vault, connection, settings);
    if (connection.recipient.empty())
        return;
    notifyRecipient(vault, Notice::invitation, connection, settings);
    planReminder(vault, connection);
}

void forgetLinkNotices(VaultWriter& vault, const Uuid& connection) {
    vault.unschedule(Task::warn, connection);
    vault.unschedule(Task::remind, connection);
}

} // namespace grantlink
