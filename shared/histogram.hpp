// Counters and histograms, by one writer and for any number of readers.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

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

// Of commits, in nanoseconds: from half a millisecond to ten seconds.
inline constexpr std::array<std::uint64_t, 14> commitBounds{
    500'000,       1'000'000,     2'500'000,     5'000'000,     10'000'000,
    25'000'000,    50'000'000,    100'000'000,   250'000'000,   500'000'000,
    1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

// `bounds` are upper bounds, each included, in rising order. What is above the last falls into one
// bucket more.
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

} // namespace grantlink
