// Buckets of links: what goes in is found, a store grows one split at a time, damage is no entry.
#include "shared/bucket_places.hpp"
#include "shared/link_bucket.hpp"
#include "shared/link_store.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <new>
#include <set>

using namespace grantlink;
using test::assertEqual;

namespace {

LinkKey someKey() {
    LinkKey out;
    randombytes_buf(out.bytes.data(), out.bytes.size());
    return out;
}

LinkEntries someEntries(std::size_t count) {
    LinkEntries out;
    for (std::size_t i = 0; i < count; ++i)
        out.emplace_back(someKey(), "view " + std::to_string(i));
    return out;
}

void everyEntryIsFound(void**) {
    for (const std::size_t count : {0, 1, 2, 256, 1023}) {
        LinkEntries entries = someEntries(count);
        const std::string record = encodeLinkBucket(entries);
        for (const auto& [link, view] : entries) {
            const auto found = findInBucket(bytesOf(record), link);
            assert_true(found.has_value());
            assertEqual(textOf(*found), view);
        }
        for (int i = 0; i < 1000; ++i)
            assert_false(findInBucket(bytesOf(record), someKey()).has_value());
        auto back = parseLinkBucket(bytesOf(record));
        assert_true(back.has_value());
        std::sort(back->begin(), back->end());
        std::sort(entries.begin(), entries.end());
        assert_true(*back == entries);
    }
}

void damageIsNoEntry(void**) {
    const LinkEntries entries = someEntries(20);
    const std::string record = encodeLinkBucket(entries);
    for (std::size_t length = 0; length < record.size(); length += 7) {
        const std::string cut = record.substr(0, length);
        for (const auto& [link, view] : entries)
            if (const auto found = findInBucket(bytesOf(cut), link))
                assertEqual(textOf(*found), view);
        parseLinkBucket(bytesOf(cut));
    }
    const std::string full(record.size(), '\xff'); // no empty slot to end a search at
    assert_false(findInBucket(bytesOf(full), someKey()).has_value());
    assert_false(parseLinkBucket(bytesOf(full)).has_value());
    assert_false(findInBucket({}, someKey()).has_value());
}

// Wherever the buckets of a map lie, and of a map that is too large for it.
void placesAreRemembered(void**) {
    constexpr std::ptrdiff_t page = 4096;
    const auto map = reinterpret_cast<const std::uint8_t*>((std::uintptr_t{1} << 40) + 16);
    BucketPlaces places;
    const auto isKnown = [&](Bytes record) {
        places.remember(1, record);
        const auto found = places.now(1);
        const Bytes late = places.lately(1);
        assert_true(!found || (found->data() == late.data() && found->size() == late.size()));
        return found && found->data() == record.data() && found->size() >= record.size() &&
               found->size() < record.size() + page;
    };
    assert_false(isKnown({map, 9000})); // there is no such bucket
    places.storeChanged(2);
    assert_false(places.now(1).has_value());
    assert_true(places.lately(1).empty());
    for (const std::ptrdiff_t pages : {0, 1, 4'000'000, -8'000'000, 8'388'607, -8'388'608})
        for (const std::size_t size : {4080, 4081, 30'000, 255 * 4096 - 16})
            assert_true(isKnown({map + pages * page, size}));
    places.storeChanged(3); // as it was, until LMDB has been asked
    assert_false(places.now(1).has_value());
    assert_int_equal(places.lately(1).size(), 255 * 4096 - 16);
    assert_false(isKnown({map + 8'388'608 * page, 9000}));
    assert_false(isKnown({map, 255 * 4096 - 15}));
    assert_false(isKnown({map + 100, 9000}));
    assert_false(places.now(0).has_value());
}

// Not with AddressSanitizer, which has all of the address space, and ends where memory does.
#ifndef __SANITIZE_ADDRESS__

// Less address space than so many places need.
class LittleMemory {
  public:
    LittleMemory() {
        getrlimit(RLIMIT_AS, &before_);
        const rlimit little{std::size_t{1} << 30, before_.rlim_max};
        setrlimit(RLIMIT_AS, &little);
    }

    ~LittleMemory() { setrlimit(RLIMIT_AS, &before_); }

  private:
    rlimit before_{};
};

// The store has changed, and there is no memory to remember its buckets: none is believed to lie
// where it lay.
void withoutMemoryNoPlaceIsBelieved(void**) {
    const auto map = reinterpret_cast<const std::uint8_t*>((std::uintptr_t{1} << 40) + 16);
    BucketPlaces places;
    places.storeChanged(2);
    places.remember(1, {map, 9000});
    assert_true(places.now(1).has_value());
    bool failed = false;
    try {
        const LittleMemory little;
        places.storeChanged(std::uint32_t{1} << 31);
    } catch (const std::bad_alloc&) {
        failed = true;
    }
    assert_true(failed);
    assert_false(places.now(1).has_value());
    places.storeChanged(2);
    assert_false(places.now(1).has_value());
    places.remember(1, {map, 9000});
    assert_true(places.now(1).has_value());
}

#endif

void aSplitMovesOnlyToTheNewBucket(void**) {
    std::vector<LinkKey> keys(2000);
    for (LinkKey& key : keys)
        key = someKey();
    LinkSpread spread;
    while (spread.buckets < 70) {
        const LinkSpread before = spread;
        ++spread.buckets;
        std::size_t moved = 0;
        for (const LinkKey& key : keys) {
            const std::uint32_t from = before.bucketOf(key.locator()),
                                to = spread.bucketOf(key.locator());
            assert_true(from < before.buckets && to < spread.buckets);
            if (from == to)
                continue;
            assert_int_equal(from, before.nextToSplit());
            assert_int_equal(to, before.buckets);
            ++moved;
        }
        assert_true(moved > 0);
    }
    const auto back = LinkSpread::parse(bytesOf(spread.encode()));
    assert_true(back && back->buckets == spread.buckets && back->links == spread.links);
    for (const std::uint32_t wrong : {0U, LinkSpread::maxBuckets + 1, ~0U})
        assert_false(LinkSpread::parse(bytesOf(LinkSpread{wrong, 1}.encode())).has_value());
    assert_true(LinkSpread::parse(bytesOf(LinkSpread{2, 2046}.encode())).has_value());
    assert_false(LinkSpread::parse(bytesOf(LinkSpread{2, 2047}.encode())).has_value());
    assert_false(LinkSpread::parse(bytesOf(std::string(12, '\0'))).has_value());
}

std::string someView() {
    LinkView view;
    view.requester = "Example Agency";
    view.items.push_back({Uuid::v7(), false, false, {}, "instagram", {}});
    return encodeLinkView(view);
}

LinkWriter::Surroundings someSurroundings() {
    return {.site = {"https://links.example.com/attempts/", true, 1800},
            .providers = {},
            .brands = {},
            .assets = {}};
}

// A vault that was restored beside an edge that knows hardly a link.
void manyAtOnceAreSpread(void**) {
    const test::TemporaryDirectory directory;
    std::filesystem::create_directory(directory.path() + "/links");
    LinkWriter writer(directory.path());
    writer.replaceAll(someSurroundings(), {});
    std::vector<LinkWriter::Entry> all;
    for (int i = 0; i < 5000; ++i)
        all.push_back({someKey(), someView(), {Uuid::v7()}});
    writer.publish(all);
    assert_int_equal(writer.linkCount(), all.size());
    LinkReader reader(directory.path());
    const auto snapshot = reader.snapshot();
    for (const LinkWriter::Entry& entry : all)
        assert_true(snapshot.find(entry.link).has_value());
}

// As the requests of one turn of nginx's event loop have them.
void snapshotsInOneAnotherAgree(void**) {
    const test::TemporaryDirectory directory;
    std::filesystem::create_directory(directory.path() + "/links");
    LinkWriter writer(directory.path());
    writer.replaceAll(someSurroundings(), {});
    LinkReader reader(directory.path());
    const std::vector<LinkWriter::Entry> some{{someKey(), someView(), {Uuid::v7()}}};
    {
        const auto turn = reader.snapshot();
        writer.publish(some);
        assert_false(reader.snapshot().find(some[0].link).has_value());
        assert_false(turn.find(some[0].link).has_value());
    }
    assert_true(reader.snapshot().find(some[0].link).has_value());
}

// Some thousand links, published a few at a time: all are found after each growth, and again when
// the store is made anew.
void aStoreGrows(void**) {
    const test::TemporaryDirectory directory;
    const std::string edge = directory.path();
    std::filesystem::create_directory(edge + "/links");
    LinkWriter writer(edge);
    writer.replaceAll(someSurroundings(), {});
    std::vector<LinkWriter::Entry> all;
    LinkReader reader(edge);
    while (all.size() < 3000) {
        std::vector<LinkWriter::Entry> some;
        for (int i = 0; i < 300; ++i)
            some.push_back({someKey(), someView(), {Uuid::v7()}});
        writer.publish(some);
        writer.publish(some); // the same again adds nothing
        all.insert(all.end(), some.begin(), some.end());
        assert_int_equal(writer.linkCount(), all.size());
        const auto snapshot = reader.snapshot();
        for (const LinkWriter::Entry& entry : all) {
            assert_true(snapshot.find(entry.link).has_value());
            assert_true(snapshot.find(entry.newestOf[0]).has_value());
        }
        assert_false(snapshot.find(someKey()).has_value());
    }
    writer.replaceAll(someSurroundings(), all);
    const auto snapshot = reader.snapshot();
    assert_int_equal(writer.linkCount(), all.size());
    for (const LinkWriter::Entry& entry : all)
        assert_true(snapshot.find(entry.link).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(everyEntryIsFound),
                                cmocka_unit_test(damageIsNoEntry),
                                cmocka_unit_test(placesAreRemembered),
#ifndef __SANITIZE_ADDRESS__
                                cmocka_unit_test(withoutMemoryNoPlaceIsBelieved),
#endif
                                cmocka_unit_test(aSplitMovesOnlyToTheNewBucket),
                                cmocka_unit_test(manyAtOnceAreSpread),
                                cmocka_unit_test(snapshotsInOneAnotherAgree),
                                cmocka_unit_test(aStoreGrows)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
