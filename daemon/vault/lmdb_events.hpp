// The vault's tables of the audit trail, inside one transaction.
//
// - events: u64 number, big endian → JSON (event.hpp)
// - events_of: connection id · number → nothing
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

namespace grantlink {

struct EventReads {
    const lmdb::Transaction& transaction;
    const EventTables& tables;

    EventPage of(const Uuid& connection, std::optional<std::uint64_t> before,
                 std::size_t limit) const;
    std::uint64_t each(std::uint64_t after, std::size_t limit,
                       const std::function<void(const Event&)>& visit) const;
    std::uint64_t last() const;
    std::optional<TimeMs> oldest() const;
};

struct EventWrites {
    lmdb::WriteTransaction& write;
    const EventTables& tables;

    void record(const Event& event);
    std::size_t prune(TimeMs before, std::size_t limit);
};

} // namespace grantlink
