#include "daemon/notify/link_notices.hpp"

#include "daemon/links/sharers.hpp"
#include "daemon/notify/notify.hpp"

#include <algorithm>

namespace grantlink {

namespace {

void unplan(VaultWriter& vault, const Connection& connection) {
    const Uuid holder = taskHolderOf(connection);
    vault.unschedule(Task::warn, holder);
    vault.unschedule(Task::remind, holder);
}

void plan(VaultWriter& vault, Task task, const Connection& connection, TimeMs due) {
    const Uuid holder = taskHolderOf(connection);
    vault.schedule(task, holder == connection.id ? connection : vault.connection(holder).value(),
                   due);
}

} // namespace

std::optional<TimeMs> nextReminder(const Connection& connection, TimeMs now) {
    std::optional<TimeMs> out;
    for (const std::chrono::seconds after : connection.remind) {
        const TimeMs due = connection.linkMade + inMs(after);
        if (due > now && due < connection.linkExpires)
            out = std::min(due, out.value_or(due));
    }
    return out;
}

// The end of a link that lives hardly longer than the warning comes early is no news.
void planLinkWarning(VaultWriter& vault, const Connection& connection, const Settings& settings) {
    const auto before = inMs(settings.config.linkWarning);
    unplan(vault, connection);
    if (connection.linkExpires > connection.linkMade + 2 * before)
        plan(vault, Task::warn, connection, connection.linkExpires - before);
}

void planLinkNotices(VaultWriter& vault, const Connection& connection, const Settings& settings) {
    planLinkWarning(vault, connection, settings);
    if (connection.recipient.empty())
        return;
    const auto waiting = waitingWith(vault, connection, nowMs());
    if (!waiting.empty())
        notifyRecipient(vault, Notice::invitation, waiting.front(), settings);
    if (const auto due = nextReminder(connection, nowMs()))
        plan(vault, Task::remind, connection, *due);
}

void forgetLinkNotices(VaultWriter& vault, const Connection& ended) {
    for (const Connection& other : sharersOf(vault, ended))
        if (other.id != ended.id && other.waits())
            return;
    unplan(vault, ended);
}

} // namespace grantlink
