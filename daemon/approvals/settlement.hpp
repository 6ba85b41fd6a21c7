// The end of an attempt, as one change of the vault: outcome, connection, tokens, notification.
#pragma once

#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

#include <optional>
#include <string>

namespace grantlink {

struct Settled {
    Outcome outcome = Outcome::providerError; // may differ from what was proposed
    std::string detail;
    std::optional<Connection> connection; // as it is now
    bool notified = false;
};

struct Settlement {
    Uuid attempt;
    Approval approval; // its payload is not used
    Outcome proposed;
    std::string detail;
    std::optional<TokenSet> tokens;          // kept when connected, else to be given back
    std::optional<ApprovedAccount> approved; // when the provider named somebody
    SettingsPtr settings;                    // those that the attempt ran with

    // Looks at the connection once more: while the provider was asked, the requester may have
    // regenerated or cancelled, or another attempt may have connected it.
    Settled apply(VaultWriter& vault) const;

  private:
    Outcome judge(const std::optional<Connection>& connection) const;
};

} // namespace grantlink
