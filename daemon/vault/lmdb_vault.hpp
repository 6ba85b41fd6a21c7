// The embedded vault: one LMDB environment in a directory of the daemon's own.
//
//   connections       connection id → JSON
//   accounts          account → connection ids (MDB_DUPSORT); those without an account are not in
//   it pending, active, broken, revoked
//                     connection id → nothing: a list and a count a status
//   attempts          attempt id → JSON
//   tokens            connection or attempt id → sealed tokens (token_seal.hpp)
//   outbox            notification id → u64 due (ms), big endian · JSON
//   outbox_due        u64 due, big endian · notification id → nothing
//   tasks             u8 task · connection id → u64 due (ms), big endian · provider
//   tasks_due         u8 task · provider · NUL · u64 due, big endian · connection id → nothing
//   posts, posts_by_time, posts_by_id, collecting: lmdb_posts.hpp
//   meta              "schema" → u32
#pragma once

#include "daemon/net/blocking.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/lmdb.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace grantlink {

struct PostTables {
    lmdb::Database posts, byTime, byId, collecting; // lmdb_posts.hpp
};

struct VaultTables {
    lmdb::Database connections, accounts, attempts, tokens, outbox, outboxDue, tasks, tasksDue;
    std::array<lmdb::Database, 4> byStatus; // in the order of ConnectionStatus
    PostTables posts;
};

class LmdbVault : public Vault {
  public:
    // Takes the directory for itself: std::runtime_error when another daemon has it.
    LmdbVault(const std::string& directory, std::shared_ptr<const MasterKeys> keys);
    ~LmdbVault() override;

    void read(const std::function<void(const VaultReader&)>& look) const override;
    boost::asio::awaitable<void> write(std::function<void(VaultWriter&)> change) override;

  private:
    struct Change {
        std::function<void(VaultWriter&)> apply;
        bool done = false;
        std::exception_ptr error;
    };

    void commitQueue();
    void apply(lmdb::WriteTransaction& batch, Change& change);

    int lock_ = -1;
    std::shared_ptr<const MasterKeys> keys_;
    lmdb::Environment env_;
    VaultTables tables_{};
    std::mutex mutex_; // guards queue_
    std::vector<std::shared_ptr<Change>> queue_;
    BlockingThread writer_;
};

} // namespace grantlink
