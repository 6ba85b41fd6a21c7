// Counters, and the text that Prometheus reads: exact, bounded and well formed whatever is counted.
#include "ngx_module/counters.hpp"
#include "ngx_module/metrics_text.hpp"
#include "shared/exposition.hpp"
#include "shared/spool.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

using namespace grantlink;
using test::assertEqual;

namespace {

bool contains(const std::string& text, std::string_view line) {
    return ("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos;
}

void assertLine(const std::string& text, std::string_view line) {
    if (!contains(text, line))
        print_error("no line \"%.*s\" in:\n%s", static_cast<int>(line.size()), line.data(),
                    text.c_str());
    assert_true(contains(text, line));
}

void everyOutcomeHasItsPlace(void**) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < outcomeCount; ++i) {
        assertEqual(outcomeName(outcomeIndex(outcomeName(i))), outcomeName(i));
        names.insert(outcomeName(i));
    }
    assert_int_equal(names.size(), outcomeCount);
    for (std::size_t i = 0; i < static_cast<std::size_t>(Page::count); ++i)
        assertEqual(outcomeName(outcomeIndex(infoOf(static_cast<Page>(i)).name)),
                    infoOf(static_cast<Page>(i)).name);
}

// What the long poll answers is an outcome of the daemon's.
void soHaveThoseOfTheDaemon(void**) {
    for (const Outcome outcome :
         {Outcome::connected, Outcome::declined, Outcome::wrongAccount, Outcome::replaced,
          Outcome::expired, Outcome::cancelled, Outcome::alreadyConnected, Outcome::providerError})
        assertEqual(outcomeName(outcomeIndex(nameOf(outcome))), nameOf(outcome));
}

void whatIsNotKnownIsOther(void**) {
    for (const std::string_view text : {"x", "readY", "ready ", "\n", "\xff\xff", "connectedd"})
        assertEqual(outcomeName(outcomeIndex(text)), "other");
    assertEqual(outcomeName(outcomeIndex({})), "none");
    for (int byte = 0; byte < 256; ++byte)
        for (std::size_t length : {std::size_t{1}, std::size_t{5}, std::size_t{300}})
            assertEqual(outcomeName(outcomeIndex(std::string(length, static_cast<char>(byte)))),
                        "other");
}

void decimalsAreExact(void**) {
    assertEqual(decimal(0, 0), "0");
    assertEqual(decimal(0, 9), "0");
    assertEqual(decimal(1, 9), "0.000000001");
    assertEqual(decimal(500'000, 9), "0.0005");
    assertEqual(decimal(1'000'000'000, 9), "1");
    assertEqual(decimal(10'000'000'000, 9), "10");
    assertEqual(decimal(12'345'678'901, 9), "12.345678901");
    assertEqual(decimal(UINT64_MAX, 0), "18446744073709551615");
    assertEqual(decimal(UINT64_MAX, 9), "18446744073.709551615");
}

void boundsAreIncluded(void**) {
    Histogram<batchSizeBounds> sizes;
    for (const std::uint64_t size : {1, 2, 3, 4, 2048, 2049, 100'000})
        sizes.observe(size);
    assert_int_equal(sizes.count(0), 1); // 1
    assert_int_equal(sizes.count(1), 1); // 2
    assert_int_equal(sizes.count(2), 2); // 3 and 4
    assert_int_equal(sizes.count(11), 1);
    assert_int_equal(sizes.count(12), 2); // above all bounds
    assert_int_equal(sizes.sum(), 1 + 2 + 3 + 4 + 2048 + 2049 + 100'000);
    assert_true(std::is_sorted(batchSizeBounds.begin(), batchSizeBounds.end()));
    assert_true(std::is_sorted(commitBounds.begin(), commitBounds.end()));
}

void blocksAddUp(void**) {
    Counts first, second, total;
    first.countRequest(Route::approve, "ready");
    second.countRequest(Route::approve, "ready");
    second.countRequest(Route::none, "not_found");
    first.countApproval(WriteResult::stored);
    second.countApproval(WriteResult::failed);
    first.batchSize.observe(1);
    second.batchSize.observe(3);
    second.commitTime.observe(1'500'000);
    first.addTo(total);
    second.addTo(total);
    const std::string text = metricsText(total, {}, {});
    assertLine(text, "grantlink_requests_total{route=\"approve\",outcome=\"ready\"} 2");
    assertLine(text, "grantlink_requests_total{route=\"none\",outcome=\"not_found\"} 1");
    assertLine(text, "grantlink_approvals_total{result=\"stored\"} 1");
    assertLine(text, "grantlink_approvals_total{result=\"failed\"} 1");
    assertLine(text, "grantlink_spool_batch_size_bucket{le=\"1\"} 1");
    assertLine(text, "grantlink_spool_batch_size_bucket{le=\"2\"} 1");
    assertLine(text, "grantlink_spool_batch_size_bucket{le=\"4\"} 2");
    assertLine(text, "grantlink_spool_batch_size_bucket{le=\"+Inf\"} 2");
    assertLine(text, "grantlink_spool_batch_size_sum 4");
    assertLine(text, "grantlink_spool_batch_size_count 2");
    assertLine(text, "grantlink_spool_commit_seconds_bucket{le=\"0.001\"} 0");
    assertLine(text, "grantlink_spool_commit_seconds_bucket{le=\"0.0025\"} 1");
    assertLine(text, "grantlink_spool_commit_seconds_sum 0.0015");
}

void levelsGoUpAndDown(void**) {
    Levels one, other, total;
    one.queued.add(3);
    one.queued.subtract(2);
    other.queued.add(4);
    other.longPolls.add(1);
    one.addTo(total);
    other.addTo(total);
    const std::string text = metricsText({}, total, {});
    assertLine(text, "grantlink_spool_queue_depth 5");
    assertLine(text, "grantlink_long_polls 1");
    other.reset();
    assert_int_equal(other.queued.get(), 0);
}

void labelsAreEscaped(void**) {
    Exposition out;
    out.family("a_total", "counter", "one \\ two\nthree \"four\"");
    out.sample({{"path", "a\\b\"c\nd"}, {"kind", ""}}, 1);
    out.sample({}, 2);
    assertEqual(out.text(), "# HELP a_total one \\\\ two\\nthree \"four\"\n"
                            "# TYPE a_total counter\n"
                            "a_total{path=\"a\\\\b\\\"c\\nd\",kind=\"\"} 1\n"
                            "a_total 2\n");
}

void aStoreThatIsAwayHasNoSamples(void**) {
    StoreUsage usage;
    usage.usedBytes = 4096;
    usage.mapBytes = 8192;
    usage.readers = 2;
    usage.maxReaders = 126;
    usage.entries = {{"links", 7}};
    const StoreSample stores[] = {{"/a", "links", usage}, {"/b", "links", std::nullopt}};
    const std::string text = metricsText({}, {}, stores);
    assertLine(text, "grantlink_store_up{store=\"links\",path=\"/a\"} 1");
    assertLine(text, "grantlink_store_up{store=\"links\",path=\"/b\"} 0");
    assertLine(text, "grantlink_store_bytes{store=\"links\",path=\"/a\",kind=\"used\"} 4096");
    assertLine(text, "grantlink_store_bytes{store=\"links\",path=\"/a\",kind=\"map\"} 8192");
    assertLine(text, "grantlink_store_entries{store=\"links\",path=\"/a\",database=\"links\"} 7");
    assertLine(text, "grantlink_store_readers{store=\"links\",path=\"/a\"} 2");
    assertLine(text, "grantlink_store_readers_max{store=\"links\",path=\"/a\"} 126");
    const std::size_t first = text.find("\"/b\"");
    assert_true(text.find("\"/b\"", first + 1) == std::string::npos);
}

SpoolPut approvalOf(std::size_t bytes) {
    const Uuid attempt = Uuid::v7(), connection = Uuid::v7();
    const std::string sealed(bytes, 's');
    const Approval approval{ApprovalKind::code, 1, 1, connection, 1, nowMs(), sealed};
    return {attempt, connection, encodeApproval(approval)};
}

// Used bytes are pages that hold something: they grow with the data and shrink when it goes, though
// LMDB's file never does.
void usageFollowsTheStore(void**) {
    test::TemporaryDirectory directory;
    std::filesystem::create_directory(directory.path() + "/spool");
    Spool spool(directory.path(), Spool::Access::creates);
    const StoreUsage before = spool.usage();
    assert_int_equal(before.entries.size(), 4);
    assert_int_equal(before.readers, 1); // the slot that find() uses again and again

    std::vector<SpoolPut> puts;
    for (int i = 0; i < 500; ++i)
        puts.push_back(approvalOf(1000));
    spool.store(puts);
    const StoreUsage full = spool.usage();
    assert_int_equal(full.entries[0].second, 500);
    assert_true(full.usedBytes > before.usedBytes + 500'000);
    assert_true(full.usedBytes < full.mapBytes);

    for (const SpoolPut& put : puts)
        spool.discard(put.attempt);
    const StoreUsage empty = spool.usage();
    for (const auto& [database, entries] : empty.entries)
        assert_int_equal(entries, 0);
    assert_true(empty.usedBytes < before.usedBytes + 50'000);
    assert_int_equal(empty.mapBytes, full.mapBytes);
    assert_int_equal(empty.maxReaders, full.maxReaders);
}

// A reader keeps its slot until its transaction ends, also while it rests between two snapshots.
void readersAreCounted(void**) {
    test::TemporaryDirectory directory;
    const lmdb::Environment env(directory.path(), {.mapSize = 1 << 20});
    assert_int_equal(usageOf(env, {}).readers, 0);
    lmdb::ReadTransaction first(env);
    {
        const lmdb::ReadTransaction second(env);
        assert_int_equal(usageOf(env, {}).readers, 2);
    }
    first.reset();
    assert_int_equal(usageOf(env, {}).readers, 1);
    assert_int_equal(usageOf(env, {}).maxReaders, 1024);
    assert_int_equal(usageOf(env, {}).mapBytes, 1 << 20);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(everyOutcomeHasItsPlace),
                                cmocka_unit_test(soHaveThoseOfTheDaemon),
                                cmocka_unit_test(whatIsNotKnownIsOther),
                                cmocka_unit_test(decimalsAreExact),
                                cmocka_unit_test(boundsAreIncluded),
                                cmocka_unit_test(blocksAddUp),
                                cmocka_unit_test(levelsGoUpAndDown),
                                cmocka_unit_test(labelsAreEscaped),
                                cmocka_unit_test(aStoreThatIsAwayHasNoSamples),
                                cmocka_unit_test(usageFollowsTheStore),
                                cmocka_unit_test(readersAreCounted)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
