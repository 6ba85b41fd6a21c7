#include "shared/bucket_places.hpp"

namespace grantlink {

void BucketPlaces::storeChanged(std::uint32_t buckets) {
    current_.clear(); // before anything can throw
    places_.resize(buckets);
    current_.resize(buckets);
}

void BucketPlaces::remember(std::uint32_t number, Bytes record) {
    const auto address = reinterpret_cast<std::uintptr_t>(record.data());
    if (number >= current_.size())
        return;
    current_[number] = false;
    if (address % pageSize != pageHead)
        return;
    if (!origin_)
        origin_ = record.data();
    const auto bytes =
        static_cast<std::intptr_t>(address - reinterpret_cast<std::uintptr_t>(origin_));
    const std::intptr_t distance = bytes / static_cast<std::intptr_t>(pageSize);
    const std::uintptr_t pages = (record.size() + pageHead + pageSize - 1) / pageSize;
    if (pages > mostPages || distance < -farthest || distance >= farthest)
        return;
    places_[number] =
        static_cast<std::uint32_t>(distance + farthest) << 8 | static_cast<std::uint32_t>(pages);
    current_[number] = true;
}

} // namespace grantlink
