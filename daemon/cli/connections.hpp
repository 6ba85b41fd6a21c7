// Finding connections through the admin API: lists over several pages, and the one that is meant.
#pragma once

#include "daemon/cli/paged_list.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace grantlink {

// Up to `limit` connections that match `query`, from as many pages as it takes; 0: all.
PagedList fetchConnections(const AdminClient& daemon, const AdminClient::Query& query,
                           std::size_t limit);

// The id of the connection that a person names: a full id, the first characters of one (at least
// six), or an account such as @nike. Revoked ones only count when there is no other.
// Throws CommandFailure: Refused when there is none, Usage with the candidates when there are
// several.
std::string connectionId(const AdminClient& daemon, const std::string& name);

// The account of a connection as people call it: the one asked for, or the one that approved.
std::string accountOf(const Json& connection);

// Those that the connection shares its link with.
std::vector<Json> sharersOf(const AdminClient& daemon, const Json& connection);

// "@nike at instagram".
std::string describe(const Json& connection);

// The first characters of each id, as many as it takes to tell them apart and at least 13: the
// part of a UUIDv7 that is its time.
std::vector<std::string> shortIds(const std::vector<Json>& connections);

} // namespace grantlink
