// What POST /v1/connections asks for, checked member by member.
//
// Errors: a Problem that names the member, and says what it should be.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/connection.hpp"

#include <vector>

namespace grantlink {

// The connections to be made, as they were asked for: one, with a link of its own, or those of
// `accounts`, which share one. `key`: the master key that the link is made with.
std::vector<Connection> connectionsIn(const Json& wanted, const Settings& settings, KeyId key);

} // namespace grantlink
