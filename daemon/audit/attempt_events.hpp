// The lines of the audit trail that tell of an attempt.
//
// A daemon that was killed runs an attempt again, so each line is written only when it is not among
// the newest of its connection. What nginx's side brings in may be made up, and events are kept for
// long: of one connection at most 96 lines an hour are written here, but for `active`. Nothing is
// written of a connection that there is not.
#pragma once

#include "daemon/vault/vault.hpp"
#include "shared/approval.hpp"

#include <string>

namespace grantlink {

// That the button was pressed, when the attempt's id says. Changes the connection: its present
// link has been started.
void recordStart(VaultWriter& vault, const Uuid& attempt, const Uuid& connection,
                 std::uint32_t generation);

// The same, if nginx had not told by then, and what came back.
void recordArrival(VaultWriter& vault, const Uuid& attempt, const Approval& approval);

void recordExchange(VaultWriter& vault, const Uuid& attempt, const Uuid& connection);

// `detail`: see OutcomeRecord.
void recordOutcome(VaultWriter& vault, const Uuid& attempt, const Uuid& connection, Outcome outcome,
                   const std::string& detail);

} // namespace grantlink
