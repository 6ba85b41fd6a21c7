// Tokens at rest: XChaCha20-Poly1305 under the vault subkey of a master key.
//
//   u8 version = 3 · u8 master key id · nonce (24) · ciphertext and tag
//
// Associated data: the owner's id (connection or attempt) and the two leading bytes, so a sealed
// token moved to another record does not open. The plaintext is a RecordWriter record.
#pragma once

#include "daemon/vault/connection.hpp"
#include "shared/keys.hpp"

#include <optional>
#include <string>

namespace grantlink {

std::string sealTokens(const MasterKey& key, const Uuid& owner, const TokenSet& tokens);

// The ID of the master key; 0 for what was never sealed here.
KeyId sealedWith(Bytes sealed);

// Nothing when the key is not there, the owner is another, or a bit has changed.
std::optional<TokenSet> openTokens(const MasterKeys& keys, const Uuid& owner, Bytes sealed);

} // namespace grantlink
