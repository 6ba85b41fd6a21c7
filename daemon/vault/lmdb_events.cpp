#include "daemon/vault/lmdb_events.hpp"

#include "daemon/vault/lmdb_keys.hpp"

#include <limits>
#include <utility>

namespace grantlink {

EventPage EventReads::of(const Uuid& connection, std::optional<std::uint64_t> before,
                         std::size_t limit) const {
    EventPage out;
    const std::string end =
        eventKey(connection, before.value_or(std::numeric_limits<std::uint64_t>::max()));
    lmdb::Cursor cursor(transaction, tables.byConnection);
    auto entry = cursor.atOrAfter(bytesOf(end)) ? cursor.previous() : cursor.last();
    std::uint64_t last = 0;
    for (; entry && textOf(entry->first).starts_with(textOf(connection.bytes));
         entry = cursor.previous()) {
        if (limit-- == 0) {
            out.next = last;
            break;
        }
        last = numberIn(textOf(entry->first).substr(connection.bytes.size()));
        if (const auto record = transaction.get(tables.events, bytesOf(bigEndian(last))))
            if (auto event = decodeEvent(last, textOf(*record)))
                out.events.push_back(std::move(*event));
    }
    return out;
}

std::uint64_t EventReads::each(std::uint64_t after, std::size_t limit,
                               const std::function<void(const Event&)>& visit) const {
    lmdb::Cursor cursor(transaction, tables.events);
    for (auto entry = cursor.atOrAfter(bytesOf(bigEndian(after + 1))); entry && limit > 0;
         entry = cursor.next(), --limit) {
        after = numberIn(textOf(entry->first));
        if (const auto event = decodeEvent(after, textOf(entry->second)))
            visit(*event);
    }
    return after;
}

std::uint64_t EventReads::last() const {
    const auto entry = lmdb::Cursor(transaction, tables.events).last();
    return entry ? numberIn(textOf(entry->first)) : 0;
}

std::optional<TimeMs> EventReads::oldest() const {
    const auto entry = lmdb::Cursor(transaction, tables.events).first();
    if (!entry || numberIn(textOf(entry->first)) == last())
        return std::nullopt;
    const auto event = decodeEvent(0, textOf(entry->second));
    return event ? event->time : 0;
}

void EventWrites::record(const Event& event) {
    const std::uint64_t number = EventReads{write, tables}.last() + 1;
    write.append(tables.events, bytesOf(bigEndian(number)), bytesOf(encodeEvent(event)));
    write.put(tables.byConnection, bytesOf(eventKey(event.connection, number)), {});
}

std::size_t EventWrites::prune(TimeMs before, std::size_t limit) {
    const std::uint64_t newest = EventReads{write, tables}.last();
    std::vector<std::pair<std::uint64_t, std::optional<Event>>> old;
    {
        lmdb::Cursor cursor(write, tables.events);
        for (auto entry = cursor.first(); entry && old.size() < limit; entry = cursor.next()) {
            const std::uint64_t number = numberIn(textOf(entry->first));
            auto event = decodeEvent(number, textOf(entry->second));
            if (number == newest || (event && event->time >= before))
                break;
            old.emplace_back(number, std::move(event));
        }
    }
    for (const auto& [number, event] : old) {
        write.remove(tables.events, bytesOf(bigEndian(number)));
        if (event)
            write.remove(tables.byConnection, bytesOf(eventKey(event->connection, number)));
    }
    return old.size();
}

} // namespace grantlink
