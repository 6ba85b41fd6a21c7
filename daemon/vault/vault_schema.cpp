#include "daemon/vault/vault_schema.hpp"

#include "daemon/vault/lmdb_tables.hpp"
#include "shared/byte_order.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <stdexcept>

namespace grantlink {

namespace {

constexpr std::uint32_t schema = 4;

// Vaults of schema 1 had no number yet.
std::uint32_t schemaOf(const lmdb::WriteTransaction& write, lmdb::Database meta) {
    const auto found = write.get(meta, bytesOf("schema"));
    return found ? RecordReader(*found).integer<std::uint32_t>() : 1;
}

void putSchema(lmdb::WriteTransaction& write, lmdb::Database meta) {
    std::array<std::uint8_t, 4> number;
    storeLittleEndian(number.data(), schema);
    write.put(meta, bytesOf("schema"), number);
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
    const VaultTables tables{
        write.open("connections"),
        write.open("accounts", MDB_DUPSORT),
        write.open("attempts"),
        write.open("tokens"),
        write.open("outbox"),
        write.open("outbox_due"),
        write.open("tasks"),
        write.open("tasks_due"),
        {write.open("pending"), write.open("active"), write.open("broken"), write.open("revoked")},
        {write.open("posts"), write.open("posts_by_time"), write.open("posts_by_id"),
         write.open("collecting")}};
    const lmdb::Database meta = write.open("meta");
    const std::uint32_t found = schemaOf(write, meta);
    if (found > schema)
        throw std::runtime_error(directory + ": has schema " + std::to_string(found) +
                                 ", this grantlinkd knows schemas up to " + std::to_string(schema) +
                                 "; start the grantlinkd that wrote it, or a newer one");
    if (found == schema)
        return tables;
    if (found < 2)
        fillAccounts(write, tables);
    if (found < 3)
        scheduleForActive(write, tables, keys, Task::upkeep);
    scheduleForActive(write, tables, keys, Task::collect);
    putSchema(write, meta);
    return tables;
}

} // namespace grantlink
