#include "daemon/lifecycle/task_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t perProvider = 32; // at a time
constexpr auto lookEvery = 1s;
constexpr auto afterFailure = 30s; // of a handler that threw

// Room of its own for each provider, so that none can take it all.
std::size_t shareOf(std::size_t most, std::size_t providers) {
    return std::clamp<std::size_t>(most / std::max<std::size_t>(providers, 1), 1, perProvider);
}

} // namespace

TaskQueue::TaskQueue(boost::asio::any_io_executor loop, const Vault& vault,
                     const CurrentSettings& settings, Task task, Handler handler, std::size_t most)
    : loop_(std::move(loop)), vault_(vault), settings_(settings), task_(task),
      handler_(std::move(handler)), most_(most) {}

void TaskQueue::start() {
    looking_ = true;
    boost::asio::co_spawn(loop_, look(), boost::asio::detached);
}

boost::asio::awaitable<void> TaskQueue::look() {
    while (!idle_.stopped()) {
        try {
            const SettingsPtr settings = settings_.get();
            const std::size_t share = shareOf(most_, settings->providers.size());
            for (const auto& [name, provider] : settings->providers)
                takeDue(name, lanes_[name], share);
        } catch (const std::exception& error) {
            spdlog::error("the vault cannot be read: {}", error.what());
        }
        co_await idle_.sleep(lookEvery);
    }
    looking_ = false;
}

void TaskQueue::takeDue(const std::string& provider, Lane& lane, std::size_t share) {
    const auto now = Clock::now();
    std::erase_if(lane.held, [&](const auto& entry) { return entry.second <= now; });
    const std::size_t most = lane.throttle.most(share, now);
    if (lane.running >= most)
        return;
    std::vector<Uuid> due;
    // Those that are held are due as well, and may be the first.
    vault_.read([&](const VaultReader& vault) {
        due = vault.dueTasks(task_, provider, nowMs(), most + lane.held.size());
    });
    for (const Uuid& connection : due) {
        if (lane.running >= most)
            return;
        if (!lane.held.emplace(connection, Clock::time_point::max()).second)
            continue;
        ++lane.running;
        ++running_;
        boost::asio::co_spawn(loop_, runOne(provider, connection), boost::asio::detached);
    }
}

boost::asio::awaitable<void> TaskQueue::runOne(std::string provider, Uuid connection) {
    bool failed = false;
    std::chrono::seconds pause{0};
    try {
        pause = co_await handler_(connection);
    } catch (const std::exception& error) {
        spdlog::error("connection {}: {}", connection.text(), error.what());
        failed = true;
    }
    Lane& lane = lanes_[provider];
    if (failed)
        lane.held[connection] = Clock::now() + afterFailure;
    else
        lane.held.erase(connection);
    if (pause > 0s)
        lane.throttle.turnedAway(pause, Clock::now());
    else if (!failed)
        lane.throttle.answered();
    --lane.running;
    --running_;
    idle_.wakeAll(); // there may be more than fitted
}

} // namespace grantlink
