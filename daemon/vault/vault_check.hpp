// Looks at everything in a vault: each record can be read, each sealed token opens, lists and
// indexes say what the records say, and nothing belongs to nobody.
//
// Changes nothing. Reads one moment, so it may run while the daemon writes. Errors: LmdbError when
// the environment itself cannot be read.
#pragma once

#include "daemon/vault/copy_files.hpp"
#include "daemon/vault/lmdb_vault.hpp"

namespace grantlink {

// `files`: null, where those of copies are not looked at. They are listed before the transaction
// begins: files come before the vault knows of them, and go after it has forgotten them.
VaultReport checkVault(const lmdb::Transaction& transaction, const VaultTables& tables,
                       const MasterKeys& keys, const CopyListing* files = nullptr);

} // namespace grantlink
