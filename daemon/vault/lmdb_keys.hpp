// How the keys of the vault's tables are made up, and how they are read; lmdb_vault.hpp lists the
// tables.
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace grantlink {

constexpr std::size_t dueSize = 8;
constexpr std::size_t taskKeySize = 1 + 16;
constexpr std::size_t maxAccountSize = 511; // of a key in LMDB; the API takes 200 bytes

inline Bytes keyOf(const Uuid& id) {
    return id.bytes;
}

// Nil for bytes that are no id.
inline Uuid uuidOf(Bytes bytes) {
    Uuid out;
    if (bytes.size() == out.bytes.size())
        std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
    return out;
}

// Big endian, so that keys sort by number.
inline std::string bigEndian(std::uint64_t number) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> shift & 0xff);
    return out;
}

// The number that a key begins with.
inline std::uint64_t numberIn(std::string_view key) {
    std::uint64_t out = 0;
    for (unsigned char c : key.substr(0, 8))
        out = out << 8 | c;
    return out;
}

// due · notification id
inline std::string dueKey(TimeMs due, const Uuid& id) {
    return bigEndian(due).append(textOf(id.bytes));
}

inline TimeMs dueIn(std::string_view key) {
    return numberIn(key);
}

// connection id · number of the event
inline std::string eventKey(const Uuid& connection, std::uint64_t number) {
    return std::string(textOf(connection.bytes)).append(bigEndian(number));
}

// What all due times of a queue of the outbox begin with. A webhook's name has no NUL.
inline std::string outboxQueue(std::string_view webhook) {
    return std::string(webhook).append(1, '\0');
}

inline std::string taskKey(Task task, const Uuid& connection) {
    return std::string(1, static_cast<char>(task)).append(textOf(connection.bytes));
}

// What all due times of a provider's task begin with. A provider's name has no NUL.
inline std::string taskQueue(Task task, std::string_view provider) {
    return std::string(1, static_cast<char>(task)).append(provider).append(1, '\0');
}

// The key in tasks_due of a task, as its record in tasks has it: when it is due, and the provider.
inline std::string taskDueKey(Task task, const Uuid& connection, std::string_view record) {
    return taskQueue(task, record.substr(dueSize)) + dueKey(dueIn(record), connection);
}

// Of a record that is JSON; one that is not is damage, and std::runtime_error.
inline Json parseRecord(Bytes record, std::string_view table) {
    std::string error;
    Json json = Json::parse(textOf(record), &error);
    if (!json.isObject())
        throw std::runtime_error("vault: a record in " + std::string(table) + " is damaged (" +
                                 error + "); restore the vault from a backup");
    return json;
}

// The entry with the greatest key below `limit`.
inline std::optional<lmdb::Cursor::Entry> lastBefore(lmdb::Cursor& cursor, const Uuid& limit) {
    return cursor.atOrAfter(limit.bytes) ? cursor.previous() : cursor.last();
}

inline lmdb::Database statusTable(const VaultTables& tables, ConnectionStatus status) {
    return tables.byStatus[static_cast<std::size_t>(status) - 1];
}

} // namespace grantlink
