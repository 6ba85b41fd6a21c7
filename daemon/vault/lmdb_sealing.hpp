// With which master key the vault's tokens and posts are sealed, and sealing them anew.
//
// When all of them are sealed with one key, meta says with which: then neither a start nor a reload
// has to look at them. The mark is written in the transaction that sealed the last of them, and
// goes with the first that is sealed with another key.
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

#include <optional>

namespace grantlink {

// The key that all are sealed with, when that is known.
std::optional<KeyId> soleSealKey(const lmdb::Transaction& transaction, const VaultTables& tables);

// To be called with each record that is sealed.
void noteSealing(lmdb::WriteTransaction& write, const VaultTables& tables, KeyId key);

// How many tokens and posts are sealed with which key.
void countSeals(const lmdb::Transaction& transaction, const VaultTables& tables, KeyUse& into);

// One step; see VaultWriter.
Resealing resealNext(lmdb::WriteTransaction& write, const VaultTables& tables,
                     const MasterKeys& keys, Resealing soFar);

} // namespace grantlink
