// What a requester is told, put into the outbox with the change that it tells of.
#pragma once

#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

namespace grantlink {

// Whether anybody is to be told. `approved`: who approved, if anybody did.
bool notify(VaultWriter& vault, Notice about, const Connection& connection,
            const std::optional<ApprovedAccount>& approved, const Settings& settings);

} // namespace grantlink
