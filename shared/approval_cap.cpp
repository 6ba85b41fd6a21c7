#include "shared/approval_cap.hpp"

#include <algorithm>
#include <array>

namespace grantlink {

namespace {

// The end of a UUIDv7 is random (RFC 9562, section 5.7).
class Cell {
  public:
    explicit Cell(const Uuid& connection) : key_{connection.bytes[14]}, at_(connection.bytes[15]) {}

    std::size_t count(const lmdb::Transaction& transaction, lmdb::Database cells) const {
        return read(transaction, cells)[at_];
    }

    void change(lmdb::WriteTransaction& write, lmdb::Database cells, int by) const {
        Counts counts = read(write, cells);
        counts[at_] = static_cast<std::uint8_t>(std::clamp(counts[at_] + by, 0, 255));
        write.put(cells, key_, counts);
    }

  private:
    using Counts = std::array<std::uint8_t, 256>;

    // A worker that was taken over can write anything: what has another length counts nothing.
    Counts read(const lmdb::Transaction& transaction, lmdb::Database cells) const {
        Counts out{};
        const auto found = transaction.get(cells, key_);
        if (found && found->size() == out.size())
            std::copy(found->begin(), found->end(), out.begin());
        return out;
    }

    std::array<std::uint8_t, 1> key_;
    std::uint8_t at_;
};

} // namespace

ApprovalCap::Room ApprovalCap::roomFor(const lmdb::Transaction& transaction,
                                       const Uuid& connection) const {
    if (Cell(connection).count(transaction, cells_) < maxCountedApprovals)
        return Room::inCell;
    lmdb::Cursor waiting(transaction, waiting_);
    return waiting.duplicates(connection.bytes) < maxListedApprovals ? Room::inList : Room::none;
}

void ApprovalCap::add(lmdb::WriteTransaction& write, Room room, const Uuid& connection,
                      const Uuid& attempt) const {
    if (room == Room::inCell)
        Cell(connection).change(write, cells_, 1);
    else
        write.put(waiting_, connection.bytes, attempt.bytes);
}

void ApprovalCap::remove(lmdb::WriteTransaction& write, const Uuid& connection,
                         const Uuid& attempt) const {
    if (!write.remove(waiting_, connection.bytes, attempt.bytes))
        Cell(connection).change(write, cells_, -1);
}

void ApprovalCap::clear(lmdb::WriteTransaction& write) const {
    write.clear(cells_);
    write.clear(waiting_);
}

} // namespace grantlink
