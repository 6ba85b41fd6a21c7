// The tokens that an active connection has from now on.
#pragma once

#include "daemon/providers/preset.hpp"
#include "daemon/vault/vault.hpp"

namespace grantlink {

// Puts them into the vault with the time of the next look at them, and says in `connection`, which
// is the caller's to put there, what is known of them.
void keepTokens(VaultWriter& vault, Connection& connection, const TokenSet& tokens,
                const Preset& preset);

} // namespace grantlink
