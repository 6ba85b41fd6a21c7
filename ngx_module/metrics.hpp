// The counters of all workers, in shared memory that outlives a reload. A binary upgrade has memory
// of its own and starts at zero.
//
// Everything that counts may be called anywhere on the event loop, costs a few nanoseconds and
// never fails; where the module is loaded but not used there is nothing to count in, and it does
// nothing.
#pragma once

#include "ngx_module/counters.hpp"
#include "ngx_module/ngx.hpp"

#include <chrono>
#include <memory>

namespace grantlink {

void countRequest(ngx_http_request_t* r) noexcept; // once, in the log phase

void countApproval(WriteResult result) noexcept;

void approvalQueued() noexcept;                 // it waits for its commit …
void approvalsAnswered(std::size_t n) noexcept; // … and these do so no longer
void batchCommitted(std::size_t approvals, std::chrono::nanoseconds took) noexcept;

void longPollsBegan(std::size_t n) noexcept;
void longPollsEnded(std::size_t n) noexcept;

// Adds the time until its end to `took`.
class CommitClock {
  public:
    explicit CommitClock(std::chrono::nanoseconds& took) : took_(took) {}

    ~CommitClock() { took_ += std::chrono::steady_clock::now() - start_; }

    CommitClock(const CommitClock&) = delete;
    CommitClock& operator=(const CommitClock&) = delete;

  private:
    std::chrono::nanoseconds& took_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

struct Metrics {
    Counts counts;
    Levels levels; // of the processes that live
};

std::unique_ptr<Metrics> readMetrics();

// Where nginx calls: for a configuration that uses the module, for a new cycle, in a new process.
ngx_int_t addMetricsZone(ngx_conf_t* cf) noexcept;
void useMetricsZone(ngx_cycle_t* cycle) noexcept;
ngx_int_t startCounting(ngx_cycle_t* cycle) noexcept;

} // namespace grantlink
