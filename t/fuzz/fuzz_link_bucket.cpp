// Buckets of links and how they are spread: the daemon writes them, the edge reads them in place.
#include "shared/link_bucket.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

constexpr std::size_t tableSize = 4096; // docs/formats.md: 1,024 slots of four bytes

LinkKey keyFrom(fuzz::Input& in) {
    LinkKey out;
    for (std::uint8_t& byte : out.bytes)
        byte = in.integer<std::uint8_t>();
    return out;
}

bool liesIn(Bytes part, std::string_view record) {
    return textOf(part).data() >= record.data() &&
           textOf(part).data() + part.size() <= record.data() + record.size();
}

void anyRecordIsSurvived(std::string_view record, fuzz::Input in) {
    const auto found = findInBucket(bytesOf(record), keyFrom(in));
    require(!found || liesIn(*found, record), "a view lies in its record");
    const auto entries = parseLinkBucket(bytesOf(record));
    require(!entries || record.size() >= tableSize, "a bucket has its table");
    if (entries)
        for (const auto& [link, view] : *entries)
            require(view.size() <= record.size(), "an entry is no longer than its record");
}

// Whatever the fuzzer says the slots are: what lies behind them is what its entries were.
void entriesAreRead(fuzz::Input in) {
    LinkEntries entries;
    while (!in.empty() && entries.size() < 1023) {
        const LinkKey link = keyFrom(in);
        const bool known = std::any_of(entries.begin(), entries.end(),
                                       [&](const auto& entry) { return entry.first == link; });
        if (!known)
            entries.emplace_back(link, in.text());
    }
    const std::string record = encodeLinkBucket(entries);
    for (const auto& [link, view] : entries) {
        const auto found = findInBucket(bytesOf(record), link);
        require(found && textOf(*found) == view, "what was put in is found");
    }
    auto back = parseLinkBucket(bytesOf(record));
    require(back.has_value(), "a bucket is read");
    std::sort(back->begin(), back->end());
    std::sort(entries.begin(), entries.end());
    require(*back == entries, "a bucket comes back");
    const auto stranger = keyFrom(in); // zero: `in` is at its end
    const bool known = std::any_of(entries.begin(), entries.end(),
                                   [&](const auto& entry) { return entry.first == stranger; });
    require(known == findInBucket(bytesOf(record), stranger).has_value(), "nothing else is found");
}

void aSplitMovesOnlyToTheNewBucket(fuzz::Input in) {
    LinkSpread spread;
    spread.buckets = in.integer<std::uint32_t>() % LinkSpread::maxBuckets + 1;
    spread.links = in.integer<std::uint64_t>() % (spread.buckets * maxLinksOfBucket + 1);
    const LinkKey link = keyFrom(in);
    const std::uint32_t before = spread.bucketOf(link.locator()), split = spread.nextToSplit();
    require(before < spread.buckets && split < spread.buckets, "a bucket is one of them");
    const auto back = LinkSpread::parse(bytesOf(spread.encode()));
    require(back && back->buckets == spread.buckets && back->links == spread.links,
            "a spread comes back");
    const std::uint32_t added = spread.buckets++;
    const std::uint32_t after = spread.bucketOf(link.locator());
    require(after == before || (before == split && after == added),
            "a link stays, or moves from the split bucket to the new one");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    anyRecordIsSurvived(textOf({data, size}), {data, size});
    entriesAreRead({data, size});
    aSplitMovesOnlyToTheNewBucket({data, size});
    return 0;
}
