// What callbacks need, and what they are compared with.
#pragma once

#include "shared/keys.hpp"

#include <cstddef>
#include <string>

namespace grantlink::bench {

// The authorization code of every callback; codes of big providers have about this length.
std::string authorizationCode();

// Writes `count` fresh attempts, one a line of 129 bytes, each of another of the `links`. Calls
// that go on where the last one ended (`first`) come back to a link when all have had their turn,
// because a link has few approvals in the spool.
//
//   state (72) ' ' end of the attempt's id, for the cookie's name (8) ' ' cookie (46) '\n'
// They are in the order in which they come back, see the source.
void writeAttempts(const std::string& file, const EdgeKeys& keys, std::size_t links,
                   std::size_t first, std::size_t count);

struct Commits {
    std::size_t count;
    double seconds;
};

// Empties the spool, as the daemon does once it has dealt with all approvals.
void drain(const std::string& edgeStore);

// Puts records as large as an approval, each in a durable LMDB transaction of its own, default
// flags, into a new environment in `directory`, for so many seconds.
Commits commitSingly(const std::string& directory, const EdgeKeys& keys, double seconds);

} // namespace grantlink::bench
