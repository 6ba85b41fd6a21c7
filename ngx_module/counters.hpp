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
#include "shared/histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace grantlink {

// Upper bounds, each included. What is above the last falls into one bucket more.
inline constexpr std::array<std::uint64_t, 12> batchSizeBounds{1,  2,   4,   8,   16,   32,
                                                               64, 128, 256, 512, 1024, 2048};

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
