// How many approvals a connection may have in the spool, so that whoever has a link cannot fill it.
// A person needs one, a retry or two is natural.
//
//   cells    last byte but one of a connection id → a count for each last byte (256 × u8)
//   waiting  connection id (16) → attempt ids, MDB_DUPSORT
//
// An index by connection alone would cost each approval of a batch a page of its own: connections
// come in random order. So the first four approvals of those that share a cell are only counted
// there, and all cells together are 17 pages. Further ones are told apart by their connection, of
// which four are kept. Thus a connection has room for eight, and for four at least whatever
// others do.
//
// Errors: those of lmdb.hpp. Thread: that of the transaction.
#pragma once

#include "shared/lmdb.hpp"
#include "shared/uuid.hpp"

#include <cstddef>

namespace grantlink {

constexpr std::size_t maxCountedApprovals = 4; // of a cell
constexpr std::size_t maxListedApprovals = 4;  // of a connection

class ApprovalCap {
  public:
    ApprovalCap() = default;

    ApprovalCap(lmdb::Database cells, lmdb::Database waiting) : cells_(cells), waiting_(waiting) {}

    lmdb::Database cells() const { return cells_; }

    lmdb::Database waiting() const { return waiting_; }

    enum class Room { none, inCell, inList };

    Room roomFor(const lmdb::Transaction& transaction, const Uuid& connection) const;

    // An approval has come that there was room for, or has gone.
    void add(lmdb::WriteTransaction& write, Room room, const Uuid& connection,
             const Uuid& attempt) const;
    void remove(lmdb::WriteTransaction& write, const Uuid& connection, const Uuid& attempt) const;

    // No approval is left: what a record that could not be read has left behind goes too.
    void clear(lmdb::WriteTransaction& write) const;

  private:
    lmdb::Database cells_ = 0, waiting_ = 0;
};

} // namespace grantlink
