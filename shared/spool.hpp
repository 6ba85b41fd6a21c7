// The edge store's second half, `spool/`: approvals that wait for the daemon, and what became of
// them. Both sides write; each write is one durable transaction.
//
//   approvals  attempt id (16) → approval         until the daemon has dealt with it
//   outcomes   attempt id (16) → outcome          until no state of that age is accepted any more
//   cells, waiting                                how many a connection has here: approval_cap.hpp
//   meta       "watermark" → u64 Unix time in ms  attempts older than it are expired, whatever the
//                                                 clock says: pruning must not revive old states
//
// Errors: lmdb::StoreFull (nothing of the batch was recorded), lmdb::LmdbError.
// Threads: reads on any one thread, writes on any other; see lmdb.hpp.
#pragma once

#include "shared/approval.hpp"
#include "shared/approval_cap.hpp"
#include "shared/lmdb.hpp"
#include "shared/store_usage.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grantlink {

enum class StoreResult {
    stored,
    replayed, // this attempt's approval or outcome is there already: nothing was changed
    expired,  // older than the watermark
    tooMany,  // the connection has as many in the spool as it may
};

struct SpoolPut {
    Uuid attempt;
    Uuid connection;
    std::string approval; // encodeApproval
    StoreResult result = StoreResult::stored;
};

struct SpoolEntry {
    Uuid attempt;
    std::string approval; // as the edge wrote it: untrusted
};

struct SpoolCounts {
    std::size_t approvals = 0;
    std::size_t outcomes = 0;
};

class Spool {
  public:
    // Whoever `creates` makes the databases (the daemon), and drops entries of `approvals` that no
    // attempt can have put there; nginx opens what is there.
    enum class Access { creates, opens };
    Spool(const std::string& edgeStore, Access access);

    // Writes the whole batch in one transaction and fills in each result (group commit).
    // `pause`, if there is one, is called every eight approvals.
    void store(std::span<SpoolPut> batch, void (*pause)() = nullptr);

    struct Attempt {
        std::optional<OutcomeRecord> outcome; // it has ended
        std::optional<Uuid> waiting;          // it waits in the spool: its connection
    };

    Attempt find(const Uuid& attempt);

    // Approvals in the order of their attempts, from the first behind `after` (exclusive).
    std::vector<SpoolEntry> approvals(std::size_t limit, const Uuid& after = {}) const;

    // The approval goes, the outcome comes, in one transaction. Repeating it changes nothing.
    void finish(const Uuid& attempt, const OutcomeRecord& outcome);

    // An approval whose record cannot be read: it goes without an outcome.
    void discard(const Uuid& attempt);

    // Forgets outcomes of attempts started before `before`, and raises the watermark behind them.
    std::size_t prune(TimeMs before, std::size_t limit);

    SpoolCounts counts() const;

    StoreUsage usage() const {
        return usageOf(env_, {{"approvals", approvals_},
                              {"outcomes", outcomes_},
                              {"cells", cap_.cells()},
                              {"waiting", cap_.waiting()}});
    }

    bool isCurrent() const { return env_.fileIsCurrent(); }

    int clearStaleReaders() { return env_.clearStaleReaders(); }

  private:
    StoreResult storeOne(lmdb::WriteTransaction& write, const SpoolPut& put, TimeMs watermark);
    TimeMs watermark(const lmdb::Transaction& transaction) const;
    void dropStrangers(lmdb::WriteTransaction& write);
    void removeApproval(lmdb::WriteTransaction& write, const Uuid& attempt);

    lmdb::Environment env_;
    lmdb::Database approvals_ = 0, outcomes_ = 0, meta_ = 0;
    ApprovalCap cap_;
    lmdb::ReadTransaction
        find_; // reset but while find() looks: a new one would cost more than that
};

} // namespace grantlink
