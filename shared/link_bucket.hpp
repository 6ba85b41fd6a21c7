// Link views by their link key, some hundred to a bucket.
//
// Keys are as good as random, so looking one up in a B-tree of ten million visits pages that no
// cache holds, and some fifteen cache lines in them. A bucket costs the tree a thousandth of the
// keys, which do stay in the cache, and then three or four lines: a slot and the entry itself.
//
// The buckets grow as in linear hashing (Litwin, 1980): with every so many links that are added one
// bucket is split in two, so a store never has to be made anew because it has grown.
#pragma once

#include "shared/link_token.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grantlink {

constexpr std::uint64_t maxLinksOfBucket = 1023;

// How the links are spread, as the store's meta record says.
struct LinkSpread {
    std::uint32_t buckets = 1;
    std::uint64_t links = 0; // in all of them

    static constexpr std::uint64_t linksABucket = 256;   // on average, before one is split
    static constexpr std::uint32_t maxBuckets = 1 << 22; // the tables of so many fill a store

    std::uint32_t bucketOf(const LinkLocator& link) const;

    bool mustGrow() const { return links > buckets * linksABucket; }

    // The bucket whose links are next to be divided between it and the new last one.
    std::uint32_t nextToSplit() const;

    static LinkSpread forLinks(std::uint64_t links);

    std::string encode() const;
    // Nothing when it is no record, or of more buckets or links than there can be.
    static std::optional<LinkSpread> parse(Bytes record);
};

// The links of one bucket, as they are changed.
using LinkEntries = std::vector<std::pair<LinkKey, std::string>>; // key, link view

// At most maxLinksOfBucket links and 16 MiB: std::length_error. A store that splits a bucket with
// every linksABucket links that are added comes nowhere near.
std::string encodeLinkBucket(LinkEntries entries);

// Nothing when the record is not one.
std::optional<LinkEntries> parseLinkBucket(Bytes record);

// Ask the memory for what findInBucket() is going to look at: first for the slot, and once that has
// had time to come, for the entry it points at. `record` may be anything that once was the bucket,
// in memory that is still mapped: what stands there is not believed.
void prefetchSlot(Bytes record, const LinkLocator& link);
void prefetchEntry(Bytes record, const LinkLocator& link);

// The link view under the key, in place. Reads nothing but a few slots and the entry; what does not
// fit the record is no entry.
std::optional<Bytes> findInBucket(Bytes record, const LinkKey& link);

} // namespace grantlink
