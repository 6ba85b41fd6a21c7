// The embedded vault: one LMDB environment in a directory of the daemon's own.
//
// - connections: connection id → JSON
// - accounts: account → connection ids (MDB_DUPSORT); those without an account are not in it
// - pending, active, broken, revoked: connection id → nothing: a list and a count a status
// - attempts: attempt id → JSON
// - tokens: connection or attempt id → sealed tokens (token_seal.hpp)
// - tasks: u8 task · connection id → u64 when it is due (ms), big endian · provider
// - tasks_due: u8 task · provider · NUL · u64 due, big endian · connection id → nothing
// - those of lmdb_outbox.hpp, lmdb_events.hpp, lmdb_posts.hpp, lmdb_media.hpp
// - meta: "schema" → u32; "sealed_with" → u8: lmdb_sealing.hpp; "media_bytes": lmdb_media.hpp
#pragma once

#include "daemon/net/blocking.hpp"
#include "daemon/vault/vault.hpp"
#include "daemon/vault/vault_lock.hpp"
#include "shared/keyring.hpp"
#include "shared/lmdb.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace grantlink {

constexpr std::size_t vaultMapSize = std::size_t{64} << 30;
constexpr unsigned vaultMaxDatabases = 32;

struct OutboxTables {
    lmdb::Database waiting, due, dead; // lmdb_outbox.hpp
};

struct EventTables {
    lmdb::Database events, byConnection; // lmdb_events.hpp
};

struct MediaTables {
    lmdb::Database files, wanted, erased; // lmdb_media.hpp
    lmdb::Database meta;                  // that of all
};

struct PostTables {
    lmdb::Database posts, byTime, byId, collecting; // lmdb_posts.hpp
    MediaTables media;
};

struct VaultTables {
    lmdb::Database connections, accounts, attempts, tokens, tasks, tasksDue;
    std::array<lmdb::Database, 4> byStatus; // in the order of ConnectionStatus
    OutboxTables outbox;
    EventTables events;
    PostTables posts;
    lmdb::Database meta;
};

class LmdbVault : public Vault {
  public:
    // Takes the directory for itself: std::runtime_error when another daemon has it.
    LmdbVault(const std::string& directory, std::shared_ptr<const MasterKeyring> keys);
    ~LmdbVault() override;

    // Called on the loop, after events of a write are durable. Once, before the first write.
    void onEvents(std::function<void()> told) { told_ = std::move(told); }

    VaultFigures figures() const override;
    void read(const std::function<void(const VaultReader&)>& look) const override;
    boost::asio::awaitable<void> write(std::function<void(VaultWriter&)> change) override;
    boost::asio::awaitable<VaultReport> check() const override;
    boost::asio::awaitable<KeyUse> keyUse() const override;

  private:
    struct Change {
        std::function<void(VaultWriter&)> apply;
        bool done = false;
        bool recorded = false; // events
        std::exception_ptr error;
    };

    void commitQueue();
    void apply(lmdb::WriteTransaction& batch, Change& change);

    VaultLock lock_;
    std::shared_ptr<const MasterKeyring> keys_;
    lmdb::Environment env_;
    VaultTables tables_{};
    std::mutex mutex_; // guards queue_
    std::vector<std::shared_ptr<Change>> queue_;
    std::function<void()> told_ = [] {};
    Histogram<commitBounds> commitTime_; // by the writer's thread
    BlockingThread writer_;
    mutable BlockingThread inspector_; // for what reads everything: no write waits for it
};

} // namespace grantlink
