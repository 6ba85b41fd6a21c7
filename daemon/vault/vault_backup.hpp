// Backups of the vault: one file, made while the daemon runs, put back while it does not.
//
//   LMDB data file · 32 bytes of label · BLAKE2b-256 of all before it
//
// What is sealed in the vault is sealed in the file; keys are not in it, nor are copies of media.
// Errors:
// std::runtime_error, or lmdb::LmdbError, with what to do.
#pragma once

#include "daemon/vault/vault_report.hpp"
#include "shared/keys.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace grantlink {

// Writes the vault as it is at one moment into an empty file that can be read and written.
// `progress` hears now and then how many bytes there are.
void backUpVault(const std::string& directory, int file,
                 const std::function<void(std::uint64_t)>& progress);

// Checks a vault, also one that a daemon is using; and a backup that is whole.
VaultReport checkVaultAt(const std::string& directory, const MasterKeys& keys);
VaultReport checkBackup(const std::string& path, const MasterKeys& keys);

struct Restored {
    VaultReport report;
    bool installed = false;
    std::size_t missingCopies = 0; // of media, which are made again
    std::string previous;          // where the vault that was there is now; empty: there was none
};

// Puts a backup in the place of the vault, at once or not at all, when nothing is wrong with it or
// `force` is set. Takes the vault's lock: no daemon may run.
Restored restoreVault(int backup, const std::string& directory, const MasterKeys& keys, bool force);

} // namespace grantlink
