// Connections that were asked for together share one link. It has an id of its own, of which its
// token is made, so that a connection can leave it and the others' link works on.
//
// Whatever is done with the link is done in one transaction to all that share it.
#pragma once

#include "daemon/vault/vault.hpp"

#include <optional>
#include <vector>

namespace grantlink {

// All that share the connection's link, itself among them, as they were asked for; of a link of its
// own it alone. The connection is taken as it is given, the others are read.
std::vector<Connection> sharersOf(const VaultReader& vault, const Connection& connection);

// Those that wait for an approval; none when the link has expired, or there is no such connection.
std::vector<Connection> waitingWith(const VaultReader& vault, const Connection& connection,
                                    TimeMs now);
std::vector<Connection> waitingWith(const VaultReader& vault, const Uuid& connection, TimeMs now);

// The one that tasks of the link stand under.
Uuid taskHolderOf(const Connection& connection);

// Another link in the place of the connection's, with which the old one is dead, for all that share
// it. All of them are put.
void replaceLink(VaultWriter& vault, Connection& connection, KeyId key, TimeMs expires);

// Gives a connection a link of its own, which is for the caller to renew and to put: the others
// keep theirs. Does nothing with one that has a link of its own, nor with the last that waits:
// somebody has to be left for whom the link is there.
//
// Answers one of those that it has left; nothing when it has not.
std::optional<Uuid> leaveLink(VaultWriter& vault, Connection& connection);

} // namespace grantlink
