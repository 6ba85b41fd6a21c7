#include "daemon/lifecycle/keep_tokens.hpp"

#include "daemon/lifecycle/plan.hpp"

namespace grantlink {

void keepTokens(VaultWriter& vault, Connection& connection, const TokenSet& tokens,
                const Preset& preset) {
    connection.tokenExpires = tokens.expires;
    connection.tokenScope = tokens.scope;
    connection.refreshAsked = 0;
    connection.doubted = 0;
    connection.upkeepFailures = 0;
    connection.trouble.clear();
    vault.putTokens(connection.id, tokens);
    vault.schedule(Task::upkeep, connection, nextLook(tokens, preset, nowMs()));
}

} // namespace grantlink
