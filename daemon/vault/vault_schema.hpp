// Which tables a vault has, by its version, and how an older one is brought up to date.
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

namespace grantlink {

// Opens the tables, makes those that are missing and fills them from the others, all of it in this
// transaction. Throws std::runtime_error for a vault of a newer version.
VaultTables openTables(lmdb::WriteTransaction& write, const std::string& directory,
                       const MasterKeys& keys);

// The tables of a vault that is only looked at. Throws std::runtime_error for one of another
// schema.
VaultTables findTables(lmdb::ReadTransaction& read, const std::string& directory);

} // namespace grantlink
