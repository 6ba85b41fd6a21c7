#include "ngx_module/filled_pages.hpp"

#include "ngx_module/template_filler.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace grantlink {

namespace {

// Up to eight bytes, as they lie in memory.
std::uint64_t numberOf(std::string_view text) {
    std::uint64_t out = 0;
    std::copy_n(text.data(), std::min(text.size(), sizeof out), reinterpret_cast<char*>(&out));
    return out;
}

std::string_view endOf(std::string_view text) {
    return text.substr(text.size() - std::min(text.size(), sizeof(std::uint64_t)));
}

} // namespace

bool FilledPages::Entry::isOf(const Template& page, const PlainValues& values) const {
    if (page_ != &page)
        return false;
    std::string_view rest = text_;
    for (std::size_t i = 0; i < shared.size(); ++i) {
        const std::string_view value = values[shared[i]];
        if (value.size() != sizes_[i] || (!value.empty() && !rest.starts_with(value)))
            return false;
        rest.remove_prefix(value.size());
    }
    return true;
}

void FilledPages::Entry::become(const Template& page, const PlainValues& values) {
    page_ = nullptr; // until all of it is true
    filled_.reset();
    text_.clear();
    for (std::size_t i = 0; i < shared.size(); ++i) {
        text_ += values[shared[i]];
        sizes_[i] = values[shared[i]].size();
    }
    page_ = &page;
}

const Template& FilledPages::Entry::filledIn(const PlainValues& values) {
    static const SlotSet slots = [] {
        SlotSet out;
        for (const Slot slot : shared)
            out.set(static_cast<std::size_t>(slot));
        return out;
    }();
    if (!filled_)
        filled_ = filled(*page_, PageValues(values, slots), slots);
    return *filled_;
}

// By what differs most: two that meet here take each other's place again and again. Names that are
// equal at one end ("… GmbH") and as long differ at the other.
FilledPages::Entry& FilledPages::entryFor(const Template& page, const PlainValues& values) {
    std::uint64_t hash = reinterpret_cast<std::uintptr_t>(&page);
    for (const Slot slot : {Slot::requester, Slot::provider, Slot::brand})
        for (const std::uint64_t part : {numberOf(values[slot]), numberOf(endOf(values[slot]))})
            hash = std::rotl(hash ^ part, 23) * 0x9e3779b97f4a7c15; // 2⁶⁴ by the golden ratio
    return entries_[hash >> 60];
}

const Template& FilledPages::find(const Template& page, const PlainValues& values) {
    Entry& entry = entryFor(page, values);
    if (entry.isOf(page, values))
        return entry.filledIn(values);
    entry.become(page, values);
    return page;
}

} // namespace grantlink
