// Tokens at rest: sealed (seal.hpp) with version 3, bound to the owner's id (connection or
// attempt). The plaintext is a RecordWriter record.
#pragma once

#include "daemon/vault/connection.hpp"
#include "shared/keys.hpp"

#include <optional>
#include <string>

namespace grantlink {

std::string sealTokens(const MasterKey& key, const Uuid& owner, const TokenSet& tokens);

// Nothing when the key is not there, the owner is another, or a bit has changed.
std::optional<TokenSet> openTokens(const MasterKeys& keys, const Uuid& owner, Bytes sealed);

} // namespace grantlink
