#include "daemon/vault/lmdb_outbox.hpp"

#include "daemon/vault/lmdb_keys.hpp"

#include <utility>

namespace grantlink {

// Before schema 4 all that was due, mails alone, stood in one queue without a name.
void divideOutbox(lmdb::WriteTransaction& write, const OutboxTables& tables) {
    std::vector<std::string> keys;
    {
        lmdb::Cursor cursor(write, tables.due);
        for (auto entry = cursor.first(); entry; entry = cursor.next())
            keys.emplace_back(textOf(entry->first));
    }
    for (const std::string& key : keys) {
        write.remove(tables.due, bytesOf(key));
        write.put(tables.due, bytesOf(outboxQueue("") + key), {});
    }
}

std::vector<std::string> OutboxReads::queues() const {
    std::vector<std::string> out;
    lmdb::Cursor cursor(transaction, tables.due);
    auto entry = cursor.first();
    while (entry) {
        const std::string_view key = textOf(entry->first);
        out.emplace_back(key.substr(0, key.find('\0')));
        entry = cursor.atOrAfter(bytesOf(out.back() + '\1')); // behind all of this queue
    }
    return out;
}

std::vector<Notification> OutboxReads::due(const std::string& queue, TimeMs now,
                                           std::size_t limit) const {
    std::vector<Notification> out;
    const std::string start = outboxQueue(queue);
    const std::string end = start + dueKey(now + 1, Uuid{});
    lmdb::Cursor cursor(transaction, tables.due);
    for (auto entry = cursor.atOrAfter(bytesOf(start)); entry && out.size() < limit;
         entry = cursor.next()) {
        const std::string_view key = textOf(entry->first);
        if (key >= end)
            break;
        if (auto found = waiting(uuidOf(bytesOf(key.substr(start.size() + dueSize)))))
            out.push_back(std::move(*found));
    }
    return out;
}

std::optional<Notification> OutboxReads::waiting(const Uuid& id) const {
    const auto record = transaction.get(tables.waiting, keyOf(id));
    if (!record)
        return std::nullopt;
    Notification out = notificationFromJson(id, parseRecord(record->subspan(dueSize), "outbox"));
    out.due = dueIn(textOf(*record));
    return out;
}

std::optional<Notification> OutboxReads::dead(const Uuid& id) const {
    const auto record = transaction.get(tables.dead, keyOf(id));
    if (!record)
        return std::nullopt;
    return notificationFromJson(id, parseRecord(*record, "dead_letters"));
}

std::optional<Notification> OutboxReads::find(const Uuid& id) const {
    auto out = waiting(id);
    return out ? out : dead(id);
}

std::vector<Notification> OutboxReads::list(const NotificationQuery& query) const {
    std::vector<Notification> out;
    lmdb::Cursor cursor(transaction, query.dead ? tables.dead : tables.waiting);
    auto entry = query.after ? lastBefore(cursor, *query.after) : cursor.last();
    for (; entry && out.size() < query.limit; entry = cursor.previous()) {
        const Uuid id = uuidOf(entry->first);
        out.push_back(query.dead ? *dead(id) : *waiting(id));
    }
    return out;
}

void OutboxWrites::put(const Notification& notification, TimeMs due) {
    remove(notification.id);
    const std::string key = dueKey(due, notification.id);
    const std::string record = key.substr(0, dueSize) + toJson(notification).dump();
    write.put(tables.waiting, keyOf(notification.id), bytesOf(record));
    write.put(tables.due, bytesOf(outboxQueue(notification.webhook) + key), {});
}

void OutboxWrites::bury(const Notification& notification) {
    remove(notification.id);
    write.put(tables.dead, keyOf(notification.id), bytesOf(toJson(notification).dump()));
}

void OutboxWrites::remove(const Uuid& id) {
    write.remove(tables.dead, keyOf(id));
    const auto found = reads().waiting(id);
    if (!found)
        return;
    write.remove(tables.due, bytesOf(outboxQueue(found->webhook) + dueKey(found->due, id)));
    write.remove(tables.waiting, keyOf(id));
}

std::size_t OutboxWrites::prune(TimeMs before, std::size_t limit) {
    std::vector<Uuid> old;
    {
        lmdb::Cursor cursor(write, tables.dead);
        for (auto entry = cursor.first(); entry && old.size() < limit; entry = cursor.next()) {
            const Uuid id = uuidOf(entry->first);
            if (id.time() >= before) // none is given up before it is made
                break;
            if (reads().dead(id)->givenUp < before)
                old.push_back(id);
        }
    }
    for (const Uuid& id : old)
        remove(id);
    return old.size();
}

} // namespace grantlink
