#include "daemon/approvals/processor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <spdlog/spdlog.h>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t maxRunning = 64; // attempts at a time
constexpr auto lookEvery = 2s;         // when no datagram comes
constexpr auto afterFailure = 10s;     // an attempt that ended with an exception

} // namespace

ApprovalProcessor::ApprovalProcessor(boost::asio::any_io_executor loop, ApprovalServices& services)
    : loop_(std::move(loop)), services_(services) {}

void ApprovalProcessor::start() {
    looking_ = true;
    boost::asio::co_spawn(loop_, look(), boost::asio::detached);
}

boost::asio::awaitable<void> ApprovalProcessor::look() {
    while (!idle_.stopped()) {
        try {
            takeNew();
        } catch (const std::exception& error) {
            spdlog::error("the spool cannot be read: {}", error.what());
        }
        co_await idle_.sleep(lookEvery);
    }
    looking_ = false;
}

void ApprovalProcessor::takeNew() {
    Uuid after;
    while (running_.size() < maxRunning) {
        const auto entries = services_.spool.approvals(maxRunning, after);
        for (const SpoolEntry& entry : entries) {
            after = entry.attempt;
            const auto pause = pauses_.find(entry.attempt);
            if (pause != pauses_.end() && pause->second > std::chrono::steady_clock::now())
                continue;
            if (running_.size() < maxRunning && running_.insert(entry.attempt).second)
                boost::asio::co_spawn(loop_, runOne(entry), boost::asio::detached);
        }
        if (entries.size() < maxRunning)
            return;
    }
}

boost::asio::awaitable<void> ApprovalProcessor::runOne(SpoolEntry entry) {
    const Uuid attempt = entry.attempt;
    try {
        AttemptRun run(services_, std::move(entry));
        co_await run.run();
        pauses_.erase(attempt);
    } catch (const std::exception& error) {
        spdlog::error("attempt {}: {}; it stays in the spool", attempt.text(), error.what());
        // A full disk is not asked in a tight loop, and one that waits holds up no other.
        pauses_[attempt] = std::chrono::steady_clock::now() + afterFailure;
    }
    running_.erase(attempt);
    idle_.wakeAll(); // there may be more than fitted
}

} // namespace grantlink
