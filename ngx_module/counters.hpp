// What the module counts. Knows no nginx: metrics.hpp puts these blocks into shared memory,
// metrics_text.hpp writes them down for Prometheus.
//
// Each worker has a block of its own and is its only writer, so counting is a relaxed load, an
// addition and a relaxed store: 0.5 ns, with no locked instruction and no cache line on the move.
// One block for all would need an atomic addition: 3 ns alone and 7 ns with the second worker on
// two cores (GCC 12 -O2), and more with each core. Whoever reads sums the blocks.
#pragma once

#include "ngx_module/page_set.hpp"
#include "ngx_module/route.hpp"
#include "ngx_module/write_result.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace grantlink {

// One writer, any number of readers, in other processes too.
class Counter {
  public:
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }

    // What goes up and down; never below zero while each subtraction follows its addition.
    void subtract(std::uint64_t n) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }

    void reset() noexcept { value_.store(0, std::memory_order_relaxed); }

    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free); // works between processes
    std::atomic<std::uint64_t> value_{0};
};

// Upper bounds, each included. What is above the last falls into one bucket more.
inline constexpr std::array<std::uint64_t, 12> batchSizeBounds{1,  2,   4,   8,   16,   32,
                                                               64, 128, 256, 512, 1024, 2048};

// Nanoseconds, from half a millisecond to ten seconds.
inline constexpr std::array<std::uint64_t, 14> commitBounds{
    500'000,       1'000'000,     2'500'000,     5'000'000,     10'000'000,
    25'000'000,    50'000'000,    100'000'000,   250'000'000,   500'000'000,
    1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

template <const auto& bounds>
class Histogram {
  public:
    static constexpr std::size_t buckets = bounds.size() + 1;

    void observe(std::uint64_t value) noexcept {
        std::size_t i = 0;
        while (i < bounds.size() && value > bounds[i])
            ++i;
        counts_[i].add();
        sum_.add(value);
    }

    void addTo(Histogram& total) const noexcept {
        for (std::size_t i = 0; i < buckets; ++i)
            total.counts_[i].add(counts_[i].get());
        total.sum_.add(sum_.get());
    }

    // Of this bucket alone. How many values there are is the sum over all buckets: counted apart,
    // it could disagree with them.
    std::uint64_t count(std::size_t bucket) const noexcept { return counts_[bucket].get(); }

    std::uint64_t sum() const noexcept { return sum_.get(); }

  private:
    std::array<Counter, buckets> counts_;
    Counter sum_;
};

// The values of $grantlink_outcome as a fixed set, so that nothing makes the number of time series
// grow: the pages' names and the few outcomes that are no page. "none" stands for no outcome (a
// module before this one answered), "other" for one that is not in the list.
inline constexpr std::array<std::string_view, 7> outcomesWithoutPage{
    "started", "recorded", "replayed", "pending", "unknown", "none", "other"};
inline constexpr std::size_t outcomeCount =
    static_cast<std::size_t>(Page::count) + outcomesWithoutPage.size();

std::size_t outcomeIndex(std::string_view outcome) noexcept;
std::string_view outcomeName(std::size_t index) noexcept;

inline constexpr std::size_t routeCount = static_cast<std::size_t>(Route::none) + 1;
inline constexpr std::size_t writeResultCount = static_cast<std::size_t>(WriteResult::failed) + 1;

std::string_view nameOf(WriteResult result) noexcept;

// What only goes up. All zero is the state at the start.
struct Counts {
    std::array<std::array<Counter, outcomeCount>, routeCount> requests;
    std::array<Counter, writeResultCount> approvals;
    Histogram<batchSizeBounds> batchSize;
    Histogram<commitBounds> commitTime; // nanoseconds

    void countRequest(Route route, std::string_view outcome) noexcept {
        requests[static_cast<std::size_t>(route)][outcomeIndex(outcome)].add();
    }

    void countApproval(WriteResult result) noexcept {
        approvals[static_cast<std::size_t>(result)].add();
    }

    void addTo(Counts& total) const noexcept;
};

// What is true now, and no longer when its process is gone.
struct Levels {
    Counter queued;    // approvals that wait for their commit, those being committed included
    Counter longPolls; // that wait for an outcome

    void reset() noexcept {
        queued.reset();
        longPolls.reset();
    }

    void addTo(Levels& total) const noexcept {
        total.queued.add(queued.get());
        total.longPolls.add(longPolls.get());
    }
};

} // namespace grantlink
