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
            if (running_.size() < maxRunning && running_.insert(entry.attempt).second)
                boost::asio::co_spawn(loop_, runOne(entry), boost::asio::detached);
        }
        if (entries.size() < maxRunning)
            return;
    }
}

boost::asio::awaitable<void> ApprovalProcessor::runOne(SpoolEntry entry) {
    const Uuid attempt = entry.attempt;
    bool failed = false;
    try {
        AttemptRun run(services_, std::move(entry));
        co_await run.run();
    } catch (const std::exception& error) {
        spdlog::error("attempt {}: {}; it stays in the spool", attempt.text(), error.what());
        failed = true;
    }
    // Still counted as running meanwhile, so that a full disk is not asked in a tight loop.
    if (failed)
        co_await services_.stop.sleep(afterFailure);
    running_.erase(attempt);
    idle_.wakeAll(); // there may be more than fitted
}

} // namespace grantlink
