// Who may do what on the admin socket: the kernel says which user is at the other end, the
// configuration says which roles that user has.
#pragma once

#include "daemon/config.hpp"
#include "daemon/net/http_server.hpp"

#include <set>

namespace grantlink {

// Root and the daemon's own user have every role; operators and token-readers are viewers
// as well.
std::set<Role> rolesOf(const PeerCredentials& peer, const Config& config);

} // namespace grantlink
