#include "shared/spool.hpp"

#include "shared/byte_order.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t mapSize = std::size_t{4} << 30; // some six million waiting approvals
constexpr mode_t fileMode = 0660;                     // nginx's group writes
constexpr std::size_t putsBetweenPauses = 8;

Bytes watermarkKey() {
    return bytesOf("watermark");
}

Uuid uuidOf(Bytes key) {
    Uuid out;
    if (key.size() == out.bytes.size())
        std::copy(key.begin(), key.end(), out.bytes.begin());
    return out;
}

lmdb::Database openExisting(lmdb::ReadTransaction& read, const char* name,
                            const std::string& directory) {
    const auto database = read.open(name);
    if (!database)
        throw std::runtime_error(directory + ": has no database " + name +
                                 "; start grantlinkd of this version, which makes it");
    return *database;
}

} // namespace

Spool::Spool(const std::string& edgeStore, Access access)
    : env_(edgeStore + "/spool", {.mapSize = mapSize, .mode = fileMode}), find_(env_) {
    find_.reset();
    if (access == Access::creates) {
        lmdb::WriteTransaction write(env_);
        approvals_ = write.open("approvals");
        outcomes_ = write.open("outcomes");
        cap_ = {write.open("cells"), write.open("waiting", MDB_DUPSORT)};
        meta_ = write.open("meta");
        dropStrangers(write);
        write.commit();
    } else {
        lmdb::ReadTransaction read(env_);
        approvals_ = openExisting(read, "approvals", env_.directory());
        outcomes_ = openExisting(read, "outcomes", env_.directory());
        cap_ = {openExisting(read, "cells", env_.directory()),
                openExisting(read, "waiting", env_.directory())};
        meta_ = openExisting(read, "meta", env_.directory());
        read.commit();
    }
}

// A worker that was taken over can write any key. Nobody would ever finish such an approval, and
// the spool is never empty while there is one.
void Spool::dropStrangers(lmdb::WriteTransaction& write) {
    std::vector<std::string> strangers;
    {
        lmdb::Cursor cursor(write, approvals_);
        for (auto entry = cursor.first(); entry; entry = cursor.next())
            if (uuidOf(entry->first) == Uuid{})
                strangers.emplace_back(textOf(entry->first));
    }
    for (const std::string& key : strangers)
        write.remove(approvals_, bytesOf(key));
    if (!strangers.empty() && write.count(approvals_) == 0)
        cap_.clear(write);
}

void Spool::store(std::span<SpoolPut> batch, void (*pause)()) {
    lmdb::WriteTransaction write(env_);
    const TimeMs oldest = watermark(write);
    std::size_t done = 0;
    for (SpoolPut& put : batch) {
        put.result = storeOne(write, put, oldest);
        if (pause && ++done % putsBetweenPauses == 0)
            pause();
    }
    write.commit();
}

StoreResult Spool::storeOne(lmdb::WriteTransaction& write, const SpoolPut& put, TimeMs oldest) {
    if (put.attempt.time() < oldest)
        return StoreResult::expired;
    if (write.get(outcomes_, put.attempt.bytes))
        return StoreResult::replayed;
    const ApprovalCap::Room room = cap_.roomFor(write, put.connection);
    if (room == ApprovalCap::Room::none)
        return write.get(approvals_, put.attempt.bytes) ? StoreResult::replayed
                                                        : StoreResult::tooMany;
    if (!write.putNew(approvals_, put.attempt.bytes, bytesOf(put.approval)))
        return StoreResult::replayed;
    cap_.add(write, room, put.connection, put.attempt);
    return StoreResult::stored;
}

Spool::Attempt Spool::find(const Uuid& attempt) {
    const lmdb::Renewed now(find_);
    Attempt out;
    if (const auto record = find_.get(outcomes_, attempt.bytes))
        out.outcome = parseOutcome(*record);
    else if (const auto waiting = find_.get(approvals_, attempt.bytes))
        if (const auto approval = parseApproval(*waiting))
            out.waiting = approval->connection;
    return out;
}

std::vector<SpoolEntry> Spool::approvals(std::size_t limit, const Uuid& after) const {
    std::vector<SpoolEntry> out;
    const lmdb::ReadTransaction read(env_);
    lmdb::Cursor cursor(read, approvals_);
    for (auto entry = cursor.atOrAfter(after.bytes); entry && out.size() < limit;
         entry = cursor.next()) {
        const Uuid attempt = uuidOf(entry->first);
        if (attempt != after && entry->first.size() == attempt.bytes.size())
            out.push_back({attempt, std::string(textOf(entry->second))});
    }
    return out;
}

void Spool::finish(const Uuid& attempt, const OutcomeRecord& outcome) {
    lmdb::WriteTransaction write(env_);
    removeApproval(write, attempt);
    const std::string record = encodeOutcome(outcome);
    write.putNew(outcomes_, attempt.bytes, bytesOf(record));
    write.commit();
}

void Spool::discard(const Uuid& attempt) {
    lmdb::WriteTransaction write(env_);
    removeApproval(write, attempt);
    write.commit();
}

void Spool::removeApproval(lmdb::WriteTransaction& write, const Uuid& attempt) {
    const auto record = write.get(approvals_, attempt.bytes);
    if (!record)
        return;
    // Of one that cannot be read, nobody knows whose it was: it counts until the spool is empty.
    if (const auto approval = parseApproval(*record))
        cap_.remove(write, approval->connection, attempt);
    write.remove(approvals_, attempt.bytes);
    if (write.count(approvals_) == 0)
        cap_.clear(write);
}

std::size_t Spool::prune(TimeMs before, std::size_t limit) {
    lmdb::WriteTransaction write(env_);
    std::vector<Uuid> old;
    {
        lmdb::Cursor cursor(write, outcomes_);
        for (auto entry = cursor.first(); entry && old.size() < limit; entry = cursor.next()) {
            if (entry->first.size() != Uuid{}.bytes.size())
                continue; // not ours: a worker that was taken over can write anything
            const Uuid attempt = uuidOf(entry->first);
            if (attempt.time() >= before)
                break;
            old.push_back(attempt);
        }
    }
    if (old.empty())
        return 0;
    for (const Uuid& attempt : old)
        write.remove(outcomes_, attempt.bytes);
    std::uint8_t mark[8];
    // No further than what was forgotten: a clock that was wrong once must not lock everybody out.
    storeLittleEndian(mark, std::max(old.back().time() + 1, watermark(write)));
    write.put(meta_, watermarkKey(), mark);
    write.commit();
    return old.size();
}

TimeMs Spool::watermark(const lmdb::Transaction& transaction) const {
    const auto mark = transaction.get(meta_, watermarkKey());
    return mark ? RecordReader(*mark).integer<std::uint64_t>() : 0;
}

SpoolCounts Spool::counts() const {
    const lmdb::ReadTransaction read(env_);
    return {read.count(approvals_), read.count(outcomes_)};
}

} // namespace grantlink
