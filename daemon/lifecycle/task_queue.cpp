#include "daemon/lifecycle/task_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t perProvider = 32; // at a time
constexpr std::size_t inAll = 256;
constexpr auto lookEvery = 1s;
constexpr auto afterFailure = 30s; // of a handler that threw

} // namespace

TaskQueue::TaskQueue(boost::asio::any_io_executor loop, const Vault& vault,
                     const CurrentSettings& settings, Task task, Handler handler)
    : loop_(std::move(loop)), vault_(vault), settings_(settings), task_(task),
      handler_(std::move(handler)) {}

void TaskQueue::start() {
    looking_ = true;
    boost::asio::co_spawn(loop_, look(), boost::asio::detached);
}

boost::asio::awaitable<void> TaskQueue::look() {
    while (!idle_.stopped()) {
        try {
            for (const std::string& name : providersInTurn())
                takeDue(name, lanes_[name]);
        } catch (const std::exception& error) {
            spdlog::error("the vault cannot be read: {}", error.what());
        }
        co_await idle_.sleep(lookEvery);
    }
    looking_ = false;
}

std::vector<std::string> TaskQueue::providersInTurn() const {
    const SettingsPtr settings = settings_.get();
    std::vector<std::pair<std::size_t, std::string>> byLoad;
    for (const auto& [name, provider] : settings->providers) {
        const auto lane = lanes_.find(name);
        byLoad.emplace_back(lane == lanes_.end() ? 0 : lane->second.running, name);
    }
    std::sort(byLoad.begin(), byLoad.end());
    std::vector<std::string> out;
    for (auto& [load, name] : byLoad)
        out.push_back(std::move(name));
    return out;
}

void TaskQueue::takeDue(const std::string& provider, Lane& lane) {
    const auto now = Clock::now();
    std::erase_if(lane.held, [&](const auto& entry) { return entry.second <= now; });
    const std::size_t most = lane.throttle.most(perProvider, now);
    if (lane.running >= most || running_ >= inAll)
        return;
    std::vector<Uuid> due;
    // Those that are held are due as well, and may be the first.
    vault_.read([&](const VaultReader& vault) {
        due = vault.dueTasks(task_, provider, nowMs(), perProvider + lane.held.size());
    });
    for (const Uuid& connection : due) {
        if (lane.running >= most || running_ >= inAll)
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
