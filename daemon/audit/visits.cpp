#include "daemon/audit/visits.hpp"

#include "daemon/audit/attempt_events.hpp"
#include "daemon/links/sharers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t mostWaiting = 1024;
constexpr auto betweenLooks = 100ms;
constexpr auto afterFailure = 10s;

// The connection, when its link has not been visited like this before. It need not wait any more:
// while grantlinkd was away its approval came before the visit could be told.
std::optional<Connection> firstVisited(const VaultReader& vault, const Visit& visit) {
    auto connection = vault.connection(visit.connection);
    if (!connection || connection->generation != visit.generation)
        return std::nullopt;
    return (visit.isStart() ? connection->started : connection->opened) ? std::nullopt : connection;
}

// All that share the link were opened with it.
void recordOpened(VaultWriter& vault, const Connection& visited, TimeMs time) {
    for (Connection& connection : sharersOf(vault, visited)) {
        if (connection.opened || connection.generation != visited.generation)
            continue;
        // nginx's clock may be another.
        connection.opened = std::max({connection.created, connection.linkMade, time});
        vault.putConnection(connection);
        vault.record({.time = connection.opened,
                      .kind = EventKind::opened,
                      .connection = connection.id,
                      .actor = Actor::recipient()});
    }
}

void recordVisit(VaultWriter& vault, const Visit& visit) {
    const auto connection = firstVisited(vault, visit);
    if (!connection)
        return;
    if (visit.isStart())
        recordStart(vault, visit.attempt, visit.connection, visit.generation);
    else
        recordOpened(vault, *connection, std::min(visit.time, nowMs()));
}

} // namespace

Visits::Visits(boost::asio::any_io_executor loop, Vault& vault, Metrics& metrics, StopSignal& stop)
    : loop_(std::move(loop)), vault_(vault), metrics_(metrics), stop_(stop) {}

void Visits::take(std::span<const Visit> visits) {
    const auto kept = visits.first(std::min(visits.size(), mostWaiting - waiting_.size()));
    waiting_.insert(waiting_.end(), kept.begin(), kept.end());
    metrics_.visitsDropped.add(visits.size() - kept.size());
    if (writing_ || waiting_.empty())
        return;
    writing_ = true;
    boost::asio::co_spawn(loop_, write(), boost::asio::detached);
}

boost::asio::awaitable<void> Visits::write() {
    while (!waiting_.empty()) {
        std::vector<Visit> visits = std::exchange(waiting_, {});
        const bool written = co_await writeThose(std::move(visits));
        if (!written && stop_.stopped())
            break;
        co_await stop_.sleep(written ? std::chrono::milliseconds(betweenLooks) : afterFailure);
    }
    writing_ = false;
}

boost::asio::awaitable<bool> Visits::writeThose(std::vector<Visit> visits) {
    const std::size_t count = visits.size();
    try {
        vault_.read([&](const VaultReader& vault) {
            std::erase_if(visits, [&](const Visit& one) { return !firstVisited(vault, one); });
        });
        const bool news = !visits.empty();
        const auto apply = [visits = std::move(visits)](VaultWriter& vault) {
            for (const Visit& visit : visits)
                recordVisit(vault, visit);
        };
        if (news)
            co_await vault_.write(apply);
        failing_ = false;
    } catch (const std::exception& error) {
        if (!std::exchange(failing_, true))
            spdlog::error("who visits a link cannot be written down: {}", error.what());
        metrics_.visitsDropped.add(count);
    }
    co_return !failing_;
}

} // namespace grantlink
