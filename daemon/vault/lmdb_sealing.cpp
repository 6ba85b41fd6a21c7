#include "daemon/vault/lmdb_sealing.hpp"

#include "daemon/vault/lmdb_keys.hpp"
#include "daemon/vault/seal.hpp"
#include "daemon/vault/token_seal.hpp"

namespace grantlink {

namespace {

using Table = Resealing::Table;

// In one step, which other writes wait for.
constexpr std::size_t mostResealed = 200;
constexpr std::size_t mostLookedAt = 10000;

constexpr std::string_view mark = "sealed_with";

lmdb::Database databaseOf(const VaultTables& tables, Table table) {
    return table == Table::tokens ? tables.tokens : tables.posts.posts;
}

std::optional<std::string> sealedAnew(const MasterKeys& keys, Table table, Bytes key,
                                      Bytes record) {
    if (table == Table::tokens) {
        const auto tokens = openTokens(keys, uuidOf(key), record);
        return tokens ? std::optional(sealTokens(keys.current(), uuidOf(key), *tokens))
                      : std::nullopt;
    }
    const auto post = openPost(keys, numberIn(textOf(key)), record);
    return post ? std::optional(sealPost(keys.current(), *post)) : std::nullopt;
}

// The keys of the next records that are sealed with another key. `soFar` goes on behind them.
std::vector<std::string> nextOld(lmdb::WriteTransaction& write, lmdb::Database database,
                                 KeyId current, Resealing& soFar) {
    std::vector<std::string> old;
    lmdb::Cursor cursor(write, database);
    auto entry = soFar.last.empty() ? cursor.first() : cursor.atOrAfter(bytesOf(soFar.last));
    if (entry && textOf(entry->first) == soFar.last)
        entry = cursor.next();
    for (std::size_t looked = 0; entry && looked < mostLookedAt && old.size() < mostResealed;
         entry = cursor.next(), ++looked) {
        soFar.last = textOf(entry->first);
        if (sealedWith(entry->second) != current)
            old.push_back(soFar.last);
    }
    if (!entry) {
        soFar.table = soFar.table == Table::tokens ? Table::posts : Table::none;
        soFar.last.clear();
    }
    return old;
}

void count(const lmdb::Transaction& transaction, lmdb::Database database, std::optional<KeyId> sole,
           std::map<KeyId, std::size_t>& into) {
    if (sole) {
        if (const std::size_t all = transaction.count(database))
            into[*sole] = all;
        return;
    }
    lmdb::Cursor cursor(transaction, database);
    for (auto entry = cursor.first(); entry; entry = cursor.next())
        ++into[sealedWith(entry->second)];
}

} // namespace

std::optional<KeyId> soleSealKey(const lmdb::Transaction& transaction, const VaultTables& tables) {
    const auto found = transaction.get(tables.meta, bytesOf(mark));
    return found && found->size() == 1 ? std::optional<KeyId>((*found)[0]) : std::nullopt;
}

void noteSealing(lmdb::WriteTransaction& write, const VaultTables& tables, KeyId key) {
    const auto sole = soleSealKey(write, tables);
    if (sole && *sole != key)
        write.remove(tables.meta, bytesOf(mark));
}

void countSeals(const lmdb::Transaction& transaction, const VaultTables& tables, KeyUse& into) {
    const auto sole = soleSealKey(transaction, tables);
    count(transaction, tables.tokens, sole, into.tokens);
    count(transaction, tables.posts.posts, sole, into.posts);
}

Resealing resealNext(lmdb::WriteTransaction& write, const VaultTables& tables,
                     const MasterKeys& keys, Resealing soFar) {
    const KeyId current = keys.current().id;
    if (soFar.with != current)
        soFar = {.with = current};
    const Table table = soFar.table;
    const lmdb::Database database = databaseOf(tables, table);
    for (const std::string& key : nextOld(write, database, current, soFar)) {
        const auto record = write.get(database, bytesOf(key));
        const auto fresh = record ? sealedAnew(keys, table, bytesOf(key), *record) : std::nullopt;
        if (fresh)
            write.put(database, bytesOf(key), bytesOf(*fresh));
        auto& counts = table == Table::tokens ? soFar.tokens : soFar.posts;
        ++(fresh ? counts.sealed : counts.unreadable);
    }
    if (soFar.ended() && soFar.tokens.unreadable + soFar.posts.unreadable == 0) {
        const std::uint8_t id = current;
        write.put(tables.meta, bytesOf(mark), {&id, 1});
    }
    return soFar;
}

} // namespace grantlink
