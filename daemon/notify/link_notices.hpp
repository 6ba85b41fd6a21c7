// What is told of a link before anybody has approved: to the requester that it is about to expire,
// and on request to the recipient that it is there, with reminders.
//
// All of it is planned in the transaction that makes the link, and forgotten in the one that ends
// it. Of a link that several share there is one plan. The plan is a task; when it is due, LinkWatch
// puts a notification into the outbox.
#pragma once

#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

namespace grantlink {

// For a link that its requester has asked for: a warning, and an invitation and reminders of the
// recipient if there is one. In the place of what was planned for the link before.
void planLinkNotices(VaultWriter& vault, const Connection& connection, const Settings& settings);

// For a link that nobody has asked for, of a connection that broke: only the warning.
void planLinkWarning(VaultWriter& vault, const Connection& connection, const Settings& settings);

// When a connection waits no more; but as long as others wait for the link, they stay planned.
void forgetLinkNotices(VaultWriter& vault, const Connection& ended);

// The next reminder after `now`, if there is one before the link's end.
std::optional<TimeMs> nextReminder(const Connection& connection, TimeMs now);

} // namespace grantlink
