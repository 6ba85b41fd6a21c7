// The spool with entries that no codec wrote: a worker that was taken over can write them.
#include "shared/spool.hpp"

#include "t/fuzz/hostile_store.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

constexpr fuzz::HostileStore::DatabaseKind databases[] = {
    {"approvals"}, {"outcomes"}, {"waiting", MDB_DUPSORT}, {"meta"}, {"cells"}};

void readAll(Spool& spool, const Uuid& attempt) {
    const Spool::Attempt found = spool.find(attempt);
    require(!found.outcome || !found.waiting, "an attempt waits or has ended");
    const auto approvals = spool.approvals(100);
    for (std::size_t i = 1; i < approvals.size(); ++i)
        require(approvals[i - 1].attempt < approvals[i].attempt, "approvals come in order");
    for (const SpoolEntry& entry : approvals)
        parseApproval(bytesOf(entry.approval));
}

bool lists(const Spool& spool, const Uuid& attempt) {
    const auto approvals = spool.approvals(100);
    return std::any_of(approvals.begin(), approvals.end(),
                       [&](const SpoolEntry& entry) { return entry.attempt == attempt; });
}

void storeAndFinish(Spool& spool, const Uuid& attempt, const Uuid& connection) {
    const bool wasThere = lists(spool, attempt);
    Approval approval;
    approval.connection = connection;
    SpoolPut put{attempt, connection, encodeApproval(approval)};
    spool.store({&put, 1});
    if (put.result == StoreResult::stored)
        require(spool.find(attempt).waiting == connection, "what was stored waits");
    require(lists(spool, attempt) == (wasThere || put.result == StoreResult::stored),
            "what was not stored changed nothing");
    spool.finish(attempt, {Outcome::connected, connection, 1, 1, {}});
    require(!lists(spool, attempt), "what has ended waits no more");
    if (put.result == StoreResult::stored)
        require(spool.find(attempt).outcome.has_value(), "what has ended has an outcome");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input in(data, size);
    fuzz::HostileStore store("spool");
    Uuid attempt = in.uuid();
    attempt.bytes[0] |= 1; // approvals() begins behind the id that is all zeros
    const Uuid connection = in.uuid();
    const auto before = in.integer<std::uint64_t>();
    store.fill(in, databases, 40);
    Spool spool(store.path(), Spool::Access::creates);
    readAll(spool, attempt);
    storeAndFinish(spool, attempt, connection);
    spool.prune(before, 10);
    spool.discard(connection);
    readAll(spool, attempt);
    spool.counts();
    return 0;
}
