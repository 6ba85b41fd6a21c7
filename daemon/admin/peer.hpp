// Who may do what on the admin socket: the kernel says which user is at the other end, the
// configuration says which roles that user has.
#pragma once

#include "daemon/admin/caller.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/vault/event.hpp"

#include <set>

namespace grantlink {

// Root and the daemon's own user have every role; operators and token-readers are viewers
// as well.
std::set<Role> rolesOf(const PeerCredentials& peer, const Config& config);

// The same as a caller; without credentials it may do nothing.
Caller callerOf(const std::optional<PeerCredentials>& peer, const Config& config);

// For the audit trail. The header Remote-User is the peer's word, and recorded as such beside what
// the kernel says of the peer; one that is no short line is not.
Actor actorOf(const ServerRequest& request);

} // namespace grantlink
