#include "daemon/vault/lmdb_vault.hpp"

#include "daemon/vault/copy_files.hpp"
#include "daemon/vault/lmdb_tables.hpp"
#include "daemon/vault/vault_check.hpp"
#include "daemon/vault/vault_schema.hpp"
#include "shared/store_usage.hpp"

#include <chrono>
#include <utility>

namespace grantlink {

LmdbVault::LmdbVault(const std::string& directory, std::shared_ptr<const MasterKeyring> keys)
    : lock_(directory), keys_(std::move(keys)),
      env_(directory, {.mapSize = vaultMapSize, .maxDatabases = vaultMaxDatabases, .mode = 0600}) {
    lmdb::WriteTransaction write(env_);
    tables_ = openTables(write, directory, *keys_->get());
    write.commit();
}

LmdbVault::~LmdbVault() {
    writer_.join();
    inspector_.join();
}

VaultFigures LmdbVault::figures() const {
    const StoreUsage usage = usageOf(env_, {});
    return {usage.usedBytes, usage.mapBytes, commitTime_};
}

void LmdbVault::read(const std::function<void(const VaultReader&)>& look) const {
    const lmdb::ReadTransaction transaction(env_);
    const auto keys = keys_->get();
    look(LmdbVaultReader(transaction, tables_, *keys));
}

boost::asio::awaitable<void> LmdbVault::write(std::function<void(VaultWriter&)> change) {
    const auto mine = std::make_shared<Change>(Change{std::move(change), false, false, nullptr});
    {
        const std::lock_guard guard(mutex_);
        queue_.push_back(mine);
    }
    // Whichever of the waiting writes gets the thread first commits all that have come by then.
    const auto commit = [this, mine] {
        if (!mine->done)
            commitQueue();
    };
    co_await writer_.run(commit);
    if (mine->error)
        std::rethrow_exception(mine->error);
    if (mine->recorded)
        told_();
}

boost::asio::awaitable<VaultReport> LmdbVault::check() const {
    const auto look = [this] {
        const CopyListing files = listCopies(env_.directory());
        const lmdb::ReadTransaction transaction(env_);
        return checkVault(transaction, tables_, *keys_->get(), &files);
    };
    co_return co_await inspector_.run(look);
}

boost::asio::awaitable<KeyUse> LmdbVault::keyUse() const {
    const auto look = [this] {
        const lmdb::ReadTransaction transaction(env_);
        return keyUseIn(transaction, tables_);
    };
    co_return co_await inspector_.run(look);
}

void LmdbVault::commitQueue() {
    std::vector<std::shared_ptr<Change>> batch;
    {
        const std::lock_guard guard(mutex_);
        batch = std::exchange(queue_, {});
    }
    const auto began = std::chrono::steady_clock::now();
    try {
        lmdb::WriteTransaction write(env_);
        for (const auto& change : batch)
            apply(write, *change);
        write.commit();
    } catch (...) {
        for (const auto& change : batch)
            change->error = std::current_exception();
    }
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began;
    commitTime_.observe(static_cast<std::uint64_t>(took.count()));
    for (const auto& change : batch)
        change->done = true;
}

// A transaction inside the batch's, so that one that fails takes nobody with it.
void LmdbVault::apply(lmdb::WriteTransaction& batch, Change& change) {
    try {
        lmdb::WriteTransaction own(env_, batch);
        const auto keys = keys_->get();
        LmdbVaultWriter writer(own, tables_, *keys);
        change.apply(writer);
        change.recorded = writer.recorded();
        own.commit();
    } catch (...) {
        change.error = std::current_exception();
    }
}

} // namespace grantlink
