// The spool: once per attempt, a cap per connection, a watermark that outlives pruning.
#include "shared/spool.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"

#include <algorithm>
#include <array>

using namespace grantlink;
using test::assertEqual;

namespace {

struct Store {
    test::TemporaryDirectory directory;
    Spool spool;

    Store() : spool(made(directory.path()), Spool::Access::creates) {}

    static std::string made(const std::string& path) {
        std::filesystem::create_directory(path + "/spool");
        return path;
    }
};

SpoolPut approvalOf(const Uuid& attempt, const Uuid& connection) {
    const Approval approval{ApprovalKind::code, 1, 1, connection, 1, nowMs(), "sealed"};
    return {attempt, connection, encodeApproval(approval)};
}

StoreResult store(Spool& spool, const Uuid& attempt, const Uuid& connection) {
    SpoolPut batch[] = {approvalOf(attempt, connection)};
    spool.store(batch);
    return batch[0].result;
}

OutcomeRecord outcomeOf(const Uuid& connection) {
    return {Outcome::connected, connection, 1, nowMs(), ""};
}

void anAttemptIsStoredOnce(void**) {
    Store s;
    const Uuid attempt = Uuid::v7(), connection = Uuid::v7();
    assert_true(store(s.spool, attempt, connection) == StoreResult::stored);
    assert_true(store(s.spool, attempt, connection) == StoreResult::replayed);
    assert_true(s.spool.find(attempt).waiting == connection);
    s.spool.finish(attempt, outcomeOf(connection));
    assert_true(store(s.spool, attempt, connection) == StoreResult::replayed);
    assert_false(s.spool.find(attempt).waiting.has_value());
    assert_true(s.spool.find(attempt).outcome->outcome == Outcome::connected);
    assert_int_equal(s.spool.counts().approvals, 0);
    assert_int_equal(s.spool.counts().outcomes, 1);
}

void onlyGrantlinkdMakesDatabases(void**) {
    test::TemporaryDirectory directory;
    std::string why;
    try {
        Spool(Store::made(directory.path()), Spool::Access::opens);
    } catch (const std::runtime_error& error) {
        why = error.what();
    }
    assertEqual(why, directory.path() + "/spool: has no database approvals; "
                                        "start grantlinkd of this version, which makes it");
}

void alsoWithinOneBatch(void**) {
    Store s;
    const Uuid attempt = Uuid::v7(), connection = Uuid::v7();
    SpoolPut batch[] = {approvalOf(attempt, connection), approvalOf(attempt, connection),
                        approvalOf(Uuid::v7(), connection)};
    s.spool.store(batch);
    assert_true(batch[0].result == StoreResult::stored);
    assert_true(batch[1].result == StoreResult::replayed);
    assert_true(batch[2].result == StoreResult::stored);
}

void theFirstOutcomeStands(void**) {
    Store s;
    const Uuid attempt = Uuid::v7(), connection = Uuid::v7();
    store(s.spool, attempt, connection);
    s.spool.finish(attempt, outcomeOf(connection));
    OutcomeRecord other = outcomeOf(connection);
    other.outcome = Outcome::declined;
    s.spool.finish(attempt, other);
    assert_true(s.spool.find(attempt).outcome->outcome == Outcome::connected);
}

constexpr std::size_t ofOneConnection = maxCountedApprovals + maxListedApprovals;

// So many approvals of the connection; answers their attempts.
std::vector<Uuid> storeMany(Spool& spool, const Uuid& connection, std::size_t count) {
    std::vector<Uuid> attempts;
    for (std::size_t i = 0; i < count; ++i) {
        attempts.push_back(Uuid::v7());
        assert_true(store(spool, attempts.back(), connection) == StoreResult::stored);
    }
    return attempts;
}

// Another connection that is counted in the same cell.
Uuid besides(const Uuid& connection) {
    Uuid out = Uuid::v7();
    std::copy_n(connection.bytes.end() - 2, 2, out.bytes.end() - 2);
    return out;
}

Uuid elsewhere(const Uuid& connection) {
    Uuid out = besides(connection);
    ++out.bytes.back();
    return out;
}

void aConnectionHasACap(void**) {
    Store s;
    const Uuid connection = Uuid::v7();
    const auto attempts = storeMany(s.spool, connection, ofOneConnection);
    assert_int_equal(attempts.size(), 8);
    assert_true(store(s.spool, Uuid::v7(), connection) == StoreResult::tooMany);
    assert_true(store(s.spool, attempts.back(), connection) == StoreResult::replayed);
    assert_true(store(s.spool, Uuid::v7(), elsewhere(connection)) == StoreResult::stored);
    for (const Uuid& ended : {attempts.front(), attempts.back()}) { // one is counted, one listed
        s.spool.finish(ended, outcomeOf(connection));
        storeMany(s.spool, connection, 1);
        assert_true(store(s.spool, Uuid::v7(), connection) == StoreResult::tooMany);
    }
}

void othersLeaveAConnectionSomeRoom(void**) {
    Store s;
    const Uuid connection = Uuid::v7(), other = besides(connection);
    storeMany(s.spool, other, ofOneConnection);
    storeMany(s.spool, besides(connection), maxListedApprovals);
    storeMany(s.spool, connection, maxListedApprovals);
    assert_true(store(s.spool, Uuid::v7(), connection) == StoreResult::tooMany);
    assert_true(store(s.spool, Uuid::v7(), other) == StoreResult::tooMany);
}

void whatHasEndedLeavesRoom(void**) {
    Store s;
    const Uuid connection = Uuid::v7(), other = elsewhere(connection);
    storeMany(s.spool, other, 1); // the spool is never empty
    for (int i = 0; i < 3; ++i) {
        const auto attempts = storeMany(s.spool, connection, ofOneConnection);
        assert_true(store(s.spool, Uuid::v7(), connection) == StoreResult::tooMany);
        for (const Uuid& attempt : attempts)
            s.spool.finish(attempt, outcomeOf(connection));
    }
}

// A worker that was taken over wrote records that cannot be read: they count until nothing waits.
void anEmptySpoolCountsFromTheBeginning(void**) {
    Store s;
    const Uuid connection = Uuid::v7();
    for (std::size_t i = 0; i < ofOneConnection; ++i) {
        SpoolPut unreadable[] = {{Uuid::v7(), connection, "no approval"}};
        s.spool.store(unreadable);
        assert_true(unreadable[0].result == StoreResult::stored);
    }
    for (const SpoolEntry& entry : s.spool.approvals(ofOneConnection - 1))
        s.spool.discard(entry.attempt);
    assert_true(store(s.spool, Uuid::v7(), connection) == StoreResult::tooMany);
    s.spool.discard(s.spool.approvals(1)[0].attempt);
    storeMany(s.spool, connection, ofOneConnection);
    assert_true(store(s.spool, Uuid::v7(), connection) == StoreResult::tooMany);
}

// A spool as somebody else has left it, until one that `creates` opens it.
class RawSpool {
  public:
    explicit RawSpool(const std::string& edgeStore)
        : env_(edgeStore + "/spool", {.mapSize = std::size_t{1} << 24}), write_(env_) {}

    void put(const char* database, Bytes key, Bytes value) {
        const bool lists = database == std::string_view("waiting");
        write_.put(write_.open(database, lists ? MDB_DUPSORT : 0), key, value);
    }

    void commit() { write_.commit(); }

  private:
    lmdb::Environment env_;
    lmdb::WriteTransaction write_;
};

// What a worker that was taken over wrote under no attempt's id goes when grantlinkd starts.
void strangersGo(void**) {
    test::TemporaryDirectory directory;
    const std::string path = Store::made(directory.path());
    const Uuid connection = Uuid::v7();
    {
        RawSpool raw(path);
        raw.put("approvals", bytesOf("abc"), bytesOf("no approval"));
        raw.put("approvals", Uuid{}.bytes, bytesOf("no approval"));
        for (std::size_t i = 0; i < maxListedApprovals; ++i)
            raw.put("waiting", connection.bytes, Uuid::v7().bytes);
        raw.put("cells", std::array{connection.bytes[14]}, std::vector<std::uint8_t>(256, 9));
        raw.commit();
    }
    Spool spool(path, Spool::Access::creates);
    assert_int_equal(spool.counts().approvals, 0);
    storeMany(spool, connection, ofOneConnection);
    assert_true(store(spool, Uuid::v7(), connection) == StoreResult::tooMany);
}

// The version before listed all approvals and counted none.
void theSpoolOfThePreviousVersionGoesOn(void**) {
    test::TemporaryDirectory directory;
    const std::string path = Store::made(directory.path());
    const Uuid connection = Uuid::v7();
    std::vector<Uuid> attempts(8);
    {
        RawSpool raw(path);
        for (Uuid& attempt : attempts) {
            attempt = Uuid::v7();
            raw.put("approvals", attempt.bytes, bytesOf(approvalOf(attempt, connection).approval));
            raw.put("waiting", connection.bytes, attempt.bytes);
        }
        raw.commit();
    }
    Spool spool(path, Spool::Access::creates);
    assert_int_equal(spool.approvals(10).size(), 8);
    assert_true(store(spool, attempts[0], connection) == StoreResult::replayed);
    for (const Uuid& attempt : attempts)
        spool.finish(attempt, outcomeOf(connection));
    assert_int_equal(spool.counts().approvals, 0);
    assert_int_equal(spool.counts().outcomes, 8);
    storeMany(spool, connection, ofOneConnection);
    assert_true(store(spool, Uuid::v7(), connection) == StoreResult::tooMany);
}

void pruningNeverRevivesAnAttempt(void**) {
    Store s;
    const TimeMs now = nowMs();
    const Uuid old = Uuid::v7(now - 10'000), recent = Uuid::v7(now), connection = Uuid::v7();
    for (const Uuid& attempt : {old, recent}) {
        store(s.spool, attempt, connection);
        s.spool.finish(attempt, outcomeOf(connection));
    }
    assert_int_equal(s.spool.prune(now - 5'000, 100), 1);
    assert_false(s.spool.find(old).outcome.has_value());
    assert_true(s.spool.find(recent).outcome.has_value());
    assert_true(store(s.spool, old, connection) == StoreResult::expired);
    assert_true(store(s.spool, Uuid::v7(now - 5'000), connection) == StoreResult::stored);
    // A clock that was set back does not lower the mark.
    assert_int_equal(s.spool.prune(now - 50'000, 100), 0);
    assert_true(store(s.spool, old, connection) == StoreResult::expired);
}

void approvalsComeInOrderAndPages(void**) {
    Store s;
    for (TimeMs time : {3000, 1000, 2000})
        store(s.spool, Uuid::v7(nowMs() + time), Uuid::v7());
    const auto first = s.spool.approvals(2);
    assert_int_equal(first.size(), 2);
    assert_true(first[0].attempt < first[1].attempt);
    const auto rest = s.spool.approvals(2, first[1].attempt);
    assert_int_equal(rest.size(), 1);
    assert_true(first[1].attempt < rest[0].attempt);
    s.spool.discard(rest[0].attempt);
    assert_int_equal(s.spool.counts().approvals, 2);
    assert_int_equal(s.spool.counts().outcomes, 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(anAttemptIsStoredOnce),
                                cmocka_unit_test(onlyGrantlinkdMakesDatabases),
                                cmocka_unit_test(alsoWithinOneBatch),
                                cmocka_unit_test(theFirstOutcomeStands),
                                cmocka_unit_test(aConnectionHasACap),
                                cmocka_unit_test(othersLeaveAConnectionSomeRoom),
                                cmocka_unit_test(whatHasEndedLeavesRoom),
                                cmocka_unit_test(anEmptySpoolCountsFromTheBeginning),
                                cmocka_unit_test(strangersGo),
                                cmocka_unit_test(theSpoolOfThePreviousVersionGoesOn),
                                cmocka_unit_test(pruningNeverRevivesAnAttempt),
                                cmocka_unit_test(approvalsComeInOrderAndPages)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
