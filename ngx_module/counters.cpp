#include "ngx_module/counters.hpp"

namespace grantlink {

namespace {

constexpr std::size_t pages = static_cast<std::size_t>(Page::count);

std::size_t indexOfExtra(std::string_view name) {
    std::size_t i = 0;
    while (outcomesWithoutPage[i] != name)
        ++i;
    return pages + i;
}

// Outcomes by a hash of length, first and last letter, with linear probing: a look costs one or
// two comparisons of text. Counting happens at each request, and there are some thirty names.
class OutcomeTable {
  public:
    OutcomeTable() {
        for (std::size_t i = 0; i < outcomeCount; ++i)
            insert(outcomeName(i), i);
    }

    std::size_t find(std::string_view name) const noexcept {
        for (std::size_t i = hash(name); !slots_[i].name.empty(); i = (i + 1) % slots_.size())
            if (slots_[i].name == name)
                return slots_[i].index;
        return other_;
    }

    std::size_t none() const noexcept { return none_; }

  private:
    struct Slot {
        std::string_view name; // empty: there is nothing here
        std::size_t index = 0;
    };

    static_assert(outcomeCount <= 64, "the table must stay half empty");

    static std::size_t hash(std::string_view name) noexcept {
        const auto first = static_cast<unsigned char>(name.front());
        const auto last = static_cast<unsigned char>(name.back());
        return (name.size() * 5 + first * 3u + last) % 128;
    }

    void insert(std::string_view name, std::size_t index) {
        std::size_t i = hash(name);
        while (!slots_[i].name.empty())
            i = (i + 1) % slots_.size();
        slots_[i] = {name, index};
    }

    std::array<Slot, 128> slots_;
    std::size_t none_ = indexOfExtra("none");
    std::size_t other_ = indexOfExtra("other");
};

} // namespace

std::size_t outcomeIndex(std::string_view outcome) noexcept {
    static const OutcomeTable table;
    return outcome.empty() ? table.none() : table.find(outcome);
}

std::string_view outcomeName(std::size_t index) noexcept {
    return index < pages ? infoOf(static_cast<Page>(index)).name
                         : outcomesWithoutPage[index - pages];
}

std::string_view nameOf(WriteResult result) noexcept {
    switch (result) {
    case WriteResult::stored:
        return "stored";
    case WriteResult::replayed:
        return "replayed";
    case WriteResult::expired:
        return "expired";
    case WriteResult::tooMany:
        return "too_many";
    case WriteResult::storeFull:
        return "store_full";
    case WriteResult::failed:
        break;
    }
    return "failed";
}

void Counts::addTo(Counts& total) const noexcept {
    for (std::size_t route = 0; route < routeCount; ++route)
        for (std::size_t outcome = 0; outcome < outcomeCount; ++outcome)
            total.requests[route][outcome].add(requests[route][outcome].get());
    for (std::size_t i = 0; i < writeResultCount; ++i)
        total.approvals[i].add(approvals[i].get());
    batchSize.addTo(total.batchSize);
    commitTime.addTo(total.commitTime);
}

} // namespace grantlink
