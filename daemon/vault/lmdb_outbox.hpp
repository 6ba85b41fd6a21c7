// The vault's tables of notifications, inside one transaction.
//
// - outbox: id → u64 when it is due (ms), big endian · JSON
// - outbox_due: webhook's name, empty for mail · NUL · when it is due · id → nothing
// - dead_letters: id → JSON
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

namespace grantlink {

struct OutboxReads {
    const lmdb::Transaction& transaction;
    const OutboxTables& tables;

    std::vector<std::string> queues() const;
    std::vector<Notification> due(const std::string& queue, TimeMs now, std::size_t limit) const;
    std::optional<Notification> waiting(const Uuid& id) const;
    std::optional<Notification> dead(const Uuid& id) const;
    std::optional<Notification> find(const Uuid& id) const;
    std::vector<Notification> list(const NotificationQuery& query) const;
};

struct OutboxWrites {
    lmdb::WriteTransaction& write;
    const OutboxTables& tables;

    void put(const Notification& notification, TimeMs due);
    void bury(const Notification& notification);
    void remove(const Uuid& id);
    std::size_t prune(TimeMs before, std::size_t limit);

  private:
    OutboxReads reads() const { return {write, tables}; }
};

// Before schema 4 all that was due, mails alone, stood in one queue without a name.
void divideOutbox(lmdb::WriteTransaction& write, const OutboxTables& tables);

} // namespace grantlink
