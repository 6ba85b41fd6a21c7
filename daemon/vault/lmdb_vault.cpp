#include "daemon/vault/lmdb_vault.hpp"

#include "daemon/vault/lmdb_tables.hpp"
#include "daemon/vault/vault_schema.hpp"
#include "shared/store_usage.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace grantlink {

namespace {

constexpr std::size_t mapSize = std::size_t{64} << 30;

// Held for the life of the process; the kernel lets go of it however the process ends.
int takeLock(const std::string& directory) {
    const std::string path = directory + "/grantlinkd.lock";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        throw std::runtime_error(path + ": " + std::strerror(errno) +
                                 "; 'grantlink init' makes the vault's directory");
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        throw std::runtime_error(path + ": another grantlinkd uses this vault; stop it first, or "
                                        "give this one a vault of its own");
    }
    return fd;
}

} // namespace

LmdbVault::LmdbVault(const std::string& directory, std::shared_ptr<const MasterKeys> keys)
    : lock_(takeLock(directory)), keys_(std::move(keys)),
      env_(directory, {.mapSize = mapSize, .maxDatabases = 32, .mode = 0600}) {
    lmdb::WriteTransaction write(env_);
    tables_ = openTables(write, directory, *keys_);
    write.commit();
}

LmdbVault::~LmdbVault() {
    writer_.join();
    ::close(lock_);
}

VaultFigures LmdbVault::figures() const {
    const StoreUsage usage = usageOf(env_, {});
    return {usage.usedBytes, usage.mapBytes, commitTime_};
}

void LmdbVault::read(const std::function<void(const VaultReader&)>& look) const {
    const lmdb::ReadTransaction transaction(env_);
    look(LmdbVaultReader(transaction, tables_, *keys_));
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
        LmdbVaultWriter writer(own, tables_, *keys_);
        change.apply(writer);
        change.recorded = writer.recorded();
        own.commit();
    } catch (...) {
        change.error = std::current_exception();
    }
}

} // namespace grantlink
