// What a requester or a recipient is told, put into the outbox with the change that it tells of.
#pragma once

#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

namespace grantlink {

// One notification for each who is to be told: the requester's mail address, and each webhook that
// wants such an event. None of them waits for another. Answers whether there is any.
// `approved`: who approved, if anybody did.
bool notify(VaultWriter& vault, Notice about, const Connection& connection,
            const std::optional<ApprovedAccount>& approved, const Settings& settings);

// What was collected of its account, to each webhook that wants such an event: one that tells of
// the newest and says how many there are. `created`: the newest last. `first`: they were there
// before anything was collected. Answers whether there is any.
bool notifyPosts(VaultWriter& vault, const Connection& connection,
                 const std::vector<StoredPost>& created, bool first, const Settings& settings);
// The same of connections that wait for a link they share: webhooks are told of each, but the mail
// about the first is of the others too.
void notifyOfLink(VaultWriter& vault, Notice about, const std::vector<Connection>& waiting,
                  const Settings& settings);

// A mail to the connection's recipient, if it has one.
void notifyRecipient(VaultWriter& vault, Notice about, const Connection& connection,
                     const Settings& settings);

} // namespace grantlink
