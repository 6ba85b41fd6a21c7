#include "daemon/audit/attempt_events.hpp"

#include "daemon/text/printable.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t looksBack = 128; // events
constexpr std::size_t mostAnHour = 96;
constexpr TimeMs hour = 3'600'000;

void recordOnce(VaultWriter& vault, Event event) {
    if (!vault.connection(event.connection))
        return;
    const TimeMs now = nowMs();
    event.time = std::min(event.time, now); // a clock of nginx's side, or a made-up id
    const EventPage newest = vault.eventsOf(event.connection, std::nullopt, looksBack);
    std::size_t recent = 0;
    for (const Event& other : newest.events) {
        if (other.attempt == event.attempt && other.kind == event.kind)
            return;
        recent += other.attempt && other.time + hour > now;
    }
    if (recent < mostAnHour || event.kind == EventKind::active)
        vault.record(std::move(event));
}

} // namespace

void recordStart(VaultWriter& vault, const Uuid& attempt, const Uuid& id,
                 std::uint32_t generation) {
    auto connection = vault.connection(id);
    if (!connection)
        return;
    const TimeMs time = std::max(connection->created, std::min(attempt.time(), nowMs()));
    recordOnce(vault, {.time = time,
                       .kind = EventKind::started,
                       .connection = id,
                       .attempt = attempt,
                       .actor = Actor::recipient()});
    if (connection->started || connection->generation != generation)
        return;
    connection->started = time;
    vault.putConnection(*connection);
}

void recordArrival(VaultWriter& vault, const Uuid& attempt, const Approval& approval) {
    recordStart(vault, attempt, approval.connection, approval.generation);
    if (approval.kind == ApprovalKind::code)
        recordOnce(vault, {.time = approval.received,
                           .kind = EventKind::approved,
                           .connection = approval.connection,
                           .attempt = attempt,
                           .actor = Actor::recipient()});
}

void recordExchange(VaultWriter& vault, const Uuid& attempt, const Uuid& connection) {
    recordOnce(vault, {.time = nowMs(),
                       .kind = EventKind::exchanged,
                       .connection = connection,
                       .attempt = attempt});
}

// Whose account it was that was not the right one is not written down: the connection has it not.
void recordOutcome(VaultWriter& vault, const Uuid& attempt, const Uuid& connection, Outcome outcome,
                   const std::string& detail) {
    Event event{
        .time = nowMs(), .kind = EventKind::active, .connection = connection, .attempt = attempt};
    if (outcome != Outcome::connected) {
        event.kind = EventKind::attemptFailed;
        event.detail = nameOf(outcome);
        if (outcome == Outcome::providerError && !detail.empty())
            event.detail += ": " + printable(detail);
    }
    if (outcome == Outcome::declined)
        event.actor = Actor::recipient();
    recordOnce(vault, std::move(event));
}

} // namespace grantlink
