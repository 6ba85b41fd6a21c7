// Where LMDB keeps the buckets of links, so that it has to be asked for a bucket only once while
// the store stays as it is.
//
// Links are asked for in no order, so what is remembered of a bucket is rarely in the processor's
// nearest cache. Hence as little as will do, four bytes a bucket.
#pragma once

#include "shared/secret.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace grantlink {

// Not thread-safe.
class BucketPlaces {
  public:
    // Of a store that is new or has changed: each bucket has to be remembered again, but its place
    // until now may still be its place.
    void storeChanged(std::uint32_t buckets);

    // `record` is the bucket as LMDB has it now. One is not remembered that fits no four bytes: it
    // is larger than a MiB, further than 32 GiB from the others, or does not begin a page of LMDB,
    // as all large values do.
    void remember(std::uint32_t number, Bytes record);

    // The bucket, to the end of its last page; nothing when LMDB has to be asked.
    std::optional<Bytes> now(std::uint32_t number) const {
        if (number >= current_.size() || !current_[number])
            return std::nullopt;
        return bucketAt(places_[number]);
    }

    // Where it was when it was last remembered; empty when it never was. Whatever stands there by
    // now, it can be read while the map is there.
    Bytes lately(std::uint32_t number) const {
        return number < places_.size() ? bucketAt(places_[number]) : Bytes();
    }

  private:
    static constexpr std::uintptr_t pageSize = 4096; // of LMDB's pages, or a part of one
    static constexpr std::uintptr_t pageHead = 16;   // LMDB's, before a large value

    // A place: above, in pages from `origin_`, of which `farthest` is none; in the lower eight bits
    // the number of pages, 0 when nothing is known.
    static constexpr std::intptr_t farthest = 1 << 23;
    static constexpr std::uint32_t mostPages = 255;

    Bytes bucketAt(std::uint32_t place) const {
        const std::uintptr_t pages = place & mostPages;
        if (pages == 0)
            return {};
        const std::intptr_t distance = static_cast<std::intptr_t>(place >> 8) - farthest;
        return {origin_ + distance * static_cast<std::intptr_t>(pageSize),
                pages * pageSize - pageHead};
    }

    const std::uint8_t* origin_ = nullptr; // some bucket
    std::vector<std::uint32_t> places_;
    std::vector<bool> current_; // for each place, or empty
};

} // namespace grantlink
