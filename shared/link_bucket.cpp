#include "shared/link_bucket.hpp"

#include "shared/byte_order.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace grantlink {

namespace {

// 1,024 slots, then the entries, in the order of their slots. A slot: u32, 0 when empty, or the
// entry's place from the record's start in the lower 24 bits and eight bits of its key above. An
// entry: its key, u16 length, the link view. The number of slots is fixed, so that nothing has to
// be read before a slot; with the links that a bucket has most of them are empty, and a search ends
// soon.
constexpr std::uint32_t slots = maxLinksOfBucket + 1; // one is empty, where a search ends
constexpr std::size_t slotSize = 4;
constexpr std::size_t tableSize = slots * slotSize;
constexpr std::uint32_t placeMask = 0x00ffffff;
constexpr std::size_t keySize = sizeof(LinkKey::bytes);
constexpr std::size_t entryHead = keySize + 2;

// The locator is as good as random: parts of it serve where others would hash.
std::uint64_t spreadPart(const LinkLocator& link) {
    return loadLittleEndian<std::uint64_t>(link.bytes.data());
}

// The first slot where a link may be.
std::uint32_t slotOf(const LinkLocator& link) {
    return loadLittleEndian<std::uint16_t>(&link.bytes[6]) & (slots - 1);
}

std::uint32_t markPart(const LinkKey& link) {
    return std::uint32_t{link.bytes[sizeof(LinkLocator)]} << 24;
}

struct Entry {
    Bytes key, view;
};

std::optional<Entry> entryAt(Bytes record, std::size_t place) {
    if (place > record.size() || record.size() - place < entryHead)
        return std::nullopt;
    const auto length = loadLittleEndian<std::uint16_t>(&record[place + keySize]);
    if (record.size() - place - entryHead < length)
        return std::nullopt;
    return Entry{record.subspan(place, keySize), record.subspan(place + entryHead, length)};
}

// An entry lies over two or three cache lines, which no cache holds: asked for together they arrive
// together.
void prefetchPlace(Bytes record, std::size_t place) {
    for (std::size_t line = 0; line < 192; line += 64)
        if (place + line < record.size())
            __builtin_prefetch(&record[place + line]);
}

} // namespace

std::uint32_t LinkSpread::bucketOf(const LinkLocator& link) const {
    const std::uint64_t all = std::bit_ceil(std::uint64_t{buckets});
    const std::uint64_t bucket = spreadPart(link) & (all - 1);
    return static_cast<std::uint32_t>(bucket < buckets ? bucket : bucket - all / 2);
}

std::uint32_t LinkSpread::nextToSplit() const {
    return buckets - std::bit_floor(buckets);
}

LinkSpread LinkSpread::forLinks(std::uint64_t links) {
    const std::uint64_t buckets = links * 4 / 3 / linksABucket;
    return {static_cast<std::uint32_t>(std::clamp<std::uint64_t>(buckets, 1, maxBuckets)), links};
}

std::string LinkSpread::encode() const {
    return RecordWriter().integer(buckets).integer(links).take();
}

std::optional<LinkSpread> LinkSpread::parse(Bytes record) {
    RecordReader in(record);
    LinkSpread out;
    out.buckets = in.integer<std::uint32_t>();
    out.links = in.integer<std::uint64_t>();
    if (!in.complete() || out.buckets == 0 || out.buckets > maxBuckets ||
        out.links > out.buckets * maxLinksOfBucket)
        return std::nullopt;
    return out;
}

std::string encodeLinkBucket(LinkEntries entries) {
    if (entries.size() > maxLinksOfBucket)
        throw std::length_error("a bucket has more than 1,023 links");
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return slotOf(a.first.locator()) < slotOf(b.first.locator());
    });
    std::string out(tableSize, '\0');
    std::vector<std::uint32_t> table(slots, 0);
    for (const auto& [link, view] : entries) {
        std::uint32_t slot = slotOf(link.locator());
        while (table[slot] != 0)
            slot = (slot + 1) & (slots - 1);
        if (out.size() > placeMask)
            throw std::length_error("a bucket of links is larger than 16 MiB");
        table[slot] = markPart(link) | static_cast<std::uint32_t>(out.size());
        RecordWriter entry;
        out.append(textOf(link.bytes)).append(entry.text(view).take());
    }
    for (std::uint32_t slot = 0; slot < slots; ++slot)
        storeLittleEndian(reinterpret_cast<std::uint8_t*>(&out[slot * slotSize]), table[slot]);
    return out;
}

std::optional<LinkEntries> parseLinkBucket(Bytes record) {
    if (record.size() < tableSize)
        return std::nullopt;
    LinkEntries out;
    for (std::size_t place = tableSize; place < record.size();) {
        const auto entry = entryAt(record, place);
        if (!entry)
            return std::nullopt;
        LinkKey link;
        std::copy(entry->key.begin(), entry->key.end(), link.bytes.begin());
        out.emplace_back(link, textOf(entry->view));
        place += entryHead + entry->view.size();
    }
    return out;
}

// The entry's page is asked for too, where its slot is in the table there it is among the entries,
// more or less: so the processor looks both pages up at once, which takes longer than the memory.
void prefetchSlot(Bytes record, const LinkLocator& link) {
    if (record.size() < tableSize)
        return;
    const std::size_t slot = slotOf(link);
    __builtin_prefetch(&record[slot * slotSize]);
    const std::size_t entries = record.size() - tableSize;
    __builtin_prefetch(record.data() + tableSize + entries * slot / slots);
}

// The link is nearly always in the first of its slots.
void prefetchEntry(Bytes record, const LinkLocator& link) {
    if (record.size() >= tableSize)
        prefetchPlace(record, loadLittleEndian<std::uint32_t>(&record[slotOf(link) * slotSize]) &
                                  placeMask);
}

std::optional<Bytes> findInBucket(Bytes record, const LinkKey& link) {
    if (record.size() < tableSize)
        return std::nullopt;
    std::uint32_t slot = slotOf(link.locator());
    for (std::uint32_t tried = 0; tried < slots; ++tried, slot = (slot + 1) & (slots - 1)) {
        const auto found = loadLittleEndian<std::uint32_t>(&record[slot * slotSize]);
        if (found == 0)
            return std::nullopt;
        if ((found & ~placeMask) != markPart(link))
            continue;
        prefetchPlace(record, found & placeMask);
        const auto entry = entryAt(record, found & placeMask);
        if (entry && std::memcmp(entry->key.data(), link.bytes.data(), link.bytes.size()) == 0)
            return entry->view;
    }
    return std::nullopt;
}

} // namespace grantlink
