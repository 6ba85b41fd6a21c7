#include "daemon/audit/visits.hpp"

#include "daemon/audit/attempt_events.hpp"
#include "daemon/links/sharers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t mostWaiting = 1024;
constexpr auto betweenLooks = 100ms;

// The connection, when it has not been visited like this before.
std::optional<Connection> firstVisited(const VaultReader& vault, const Visit& visit) {
    auto connection = vault.connection(visit.connection);
    if (!connection || !connection->waits() || connection->generation != visit.generation)
        return std::nullopt;
    return (visit.isStart() ? connection->started : connection->opened) ? std::nullopt : connection;
}

// All that share the link were opened with it.
void recordOpened(VaultWriter& vault, const Connection& visited, TimeMs time) {
    for (Connection& connection : sharersOf(vault, visited)) {
        if (!connection.waits() || connection.opened)
            continue;
        connection.opened = time;
        vault.putConnection(connection);
        vault.record({.time = time,
                      .kind = EventKind::opened,
                      .connection = connection.id,
                      .actor = Actor::recipient()});
    }
}

void recordVisit(VaultWriter& vault, const Visit& visit) {
    auto connection = firstVisited(vault, visit);
    if (!connection)
        return;
    // nginx's clock may be another.
    const TimeMs time = std::max(connection->created, std::min(visit.time, nowMs()));
    if (!visit.isStart())
        return recordOpened(vault, *connection, time);
    connection->started = time;
    vault.putConnection(*connection);
    recordStart(vault, visit.attempt, visit.connection);
}

void logFailure(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& failure) {
        spdlog::error("who opened a link could not be written down: {}", failure.what());
    }
}

} // namespace

Visits::Visits(boost::asio::any_io_executor loop, Vault& vault)
    : loop_(std::move(loop)), vault_(vault) {}

void Visits::take(std::span<const Visit> visits) {
    const std::size_t room = mostWaiting - waiting_.size();
    visits = visits.first(std::min(visits.size(), room));
    waiting_.insert(waiting_.end(), visits.begin(), visits.end());
    if (writing_ || waiting_.empty() || pause_.stopped())
        return;
    writing_ = true;
    boost::asio::co_spawn(loop_, write(), [this](std::exception_ptr error) {
        writing_ = false;
        if (error)
            logFailure(error);
    });
}

boost::asio::awaitable<void> Visits::write() {
    while (!waiting_.empty()) {
        std::vector<Visit> visits = std::exchange(waiting_, {});
        vault_.read([&](const VaultReader& vault) {
            std::erase_if(visits, [&](const Visit& one) { return !firstVisited(vault, one); });
        });
        const auto apply = [visits](VaultWriter& vault) {
            for (const Visit& visit : visits)
                recordVisit(vault, visit);
        };
        if (!visits.empty())
            co_await vault_.write(apply);
        co_await pause_.sleep(betweenLooks);
    }
}

} // namespace grantlink
