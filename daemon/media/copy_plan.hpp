// When what a connection's posts show is copied, and how often it is tried.
#pragma once

#include "daemon/vault/vault.hpp"

#include <chrono>

namespace grantlink {

constexpr std::uint8_t mostCopyTries = 8;

// Plans the task for the first post that wants to be copied, not before that time; there is no task
// where none does.
void scheduleCopies(VaultWriter& vault, const Connection& connection, TimeMs notBefore = 0);

// Notes a try that has failed. `gone`: the address leads nowhere, so that only another one helps.
// `asked`: the pause that the server wants.
void noteFailedCopy(MediaCopy& copy, bool gone, std::chrono::seconds asked, TimeMs now);

} // namespace grantlink
