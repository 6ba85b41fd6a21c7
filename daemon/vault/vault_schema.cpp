#include "daemon/vault/vault_schema.hpp"

#include "daemon/vault/lmdb_tables.hpp"
#include "shared/byte_order.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <stdexcept>

namespace grantlink {

namespace {

constexpr std::uint32_t schema = 5; // 5: copies of media

// Vaults of schema 1 had no number yet.
std::uint32_t schemaOf(const lmdb::Transaction& transaction, lmdb::Database meta) {
    const auto found = transaction.get(meta, bytesOf("schema"));
    return found ? RecordReader(*found).integer<std::uint32_t>() : 1;
}

void putSchema(lmdb::WriteTransaction& write, lmdb::Database meta) {
    std::array<std::uint8_t, 4> number;
    storeLittleEndian(number.data(), schema);
    write.put(meta, bytesOf("schema"), number);
}

[[noreturn]] void refuse(const std::string& directory, std::uint32_t found, const char* remedy) {
    throw std::runtime_error(directory + ": has schema " + std::to_string(found) +
                             ", this version knows schemas up to " + std::to_string(schema) + "; " +
                             remedy);
}

// Since schema 2: connections by their account.
void fillAccounts(lmdb::WriteTransaction& write, const VaultTables& tables) {
    const std::size_t connections = write.count(tables.connections);
    if (connections > 0)
        spdlog::info("vault: making the index by account, of {} connections", connections);
    eachConnectionIn(write, tables, Uuid{}, connections,
                     [&](const Connection& connection) { putAccount(write, tables, connection); });
}

// When to look after the tokens there are (since schema 3), when to collect posts (since 4). What
// is due at once finds its own time.
void scheduleForActive(lmdb::WriteTransaction& write, const VaultTables& tables,
                       const MasterKeys& keys, Task task) {
    LmdbVaultWriter vault(write, tables, keys);
    std::vector<Connection> active;
    eachConnectionIn(write, tables, Uuid{}, write.count(tables.connections),
                     [&](const Connection& connection) {
                         if (connection.status == ConnectionStatus::active)
                             active.push_back(connection);
                     });
    for (const Connection& connection : active)
        vault.schedule(task, connection, nowMs());
}

} // namespace

VaultTables openTables(lmdb::WriteTransaction& write, const std::string& directory,
                       const MasterKeys& keys) {
    const lmdb::Database meta = write.open("meta");
    const VaultTables tables{
        write.open("connections"),
        write.open("accounts", MDB_DUPSORT),
        write.open("attempts"),
        write.open("tokens"),
        write.open("tasks"),
        write.open("tasks_due"),
        {write.open("pending"), write.open("active"), write.open("broken"), write.open("revoked")},
        {write.open("outbox"), write.open("outbox_due"), write.open("dead_letters")},
        {write.open("events"), write.open("events_of")},
        {write.open("posts"),
         write.open("posts_by_time"),
         write.open("posts_by_id"),
         write.open("collecting"),
         {write.open("media"), write.open("media_wanted"), write.open("media_erased"), meta}},
        meta};
    const std::uint32_t found = schemaOf(write, tables.meta);
    if (found > schema)
        refuse(directory, found, "start the grantlinkd that wrote it, or a newer one");
    if (found == schema)
        return tables;
    if (found < 2)
        fillAccounts(write, tables);
    if (found < 3)
        scheduleForActive(write, tables, keys, Task::upkeep);
    if (found < 4) {
        scheduleForActive(write, tables, keys, Task::collect);
        divideOutbox(write, tables.outbox);
    }
    putSchema(write, tables.meta);
    return tables;
}

VaultTables findTables(lmdb::ReadTransaction& read, const std::string& directory) {
    const auto meta = read.open("meta");
    const std::uint32_t found = meta ? schemaOf(read, *meta) : 0;
    if (found == 0)
        throw std::runtime_error(directory + ": is not a vault, or an empty one");
    if (found != schema)
        refuse(directory, found,
               found < schema ? "start grantlinkd, which brings it up to date"
                              : "use the version that wrote it, or a newer one");
    const auto table = [&](const char* name) {
        if (const auto out = read.open(name))
            return *out;
        throw std::runtime_error(directory + ": its table " + name +
                                 " is not there; restore it from a backup");
    };
    return {table("connections"),
            table("accounts"),
            table("attempts"),
            table("tokens"),
            table("tasks"),
            table("tasks_due"),
            {table("pending"), table("active"), table("broken"), table("revoked")},
            {table("outbox"), table("outbox_due"), table("dead_letters")},
            {table("events"), table("events_of")},
            {table("posts"),
             table("posts_by_time"),
             table("posts_by_id"),
             table("collecting"),
             {table("media"), table("media_wanted"), table("media_erased"), *meta}},
            *meta};
}

} // namespace grantlink
