#include "daemon/vault/lmdb_tables.hpp"

#include "daemon/vault/token_seal.hpp"
#include "shared/byte_order.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace grantlink {

namespace {

Uuid uuidOf(Bytes bytes) {
    Uuid out;
    if (bytes.size() == out.bytes.size())
        std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
    return out;
}

Bytes keyOf(const Uuid& id) {
    return id.bytes;
}

// due, big endian so that keys sort by time · notification id
std::string dueKey(TimeMs due, const Uuid& id) {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>(due >> shift & 0xff);
    return out.append(textOf(id.bytes));
}

constexpr std::size_t dueSize = 8;

TimeMs dueIn(std::string_view key) {
    TimeMs out = 0;
    for (unsigned char c : key.substr(0, dueSize))
        out = out << 8 | c;
    return out;
}

std::string taskKey(Task task, const Uuid& connection) {
    return std::string(1, static_cast<char>(task)).append(textOf(connection.bytes));
}

// What all due times of a provider's task begin with. A provider's name has no NUL.
std::string taskQueue(Task task, std::string_view provider) {
    return std::string(1, static_cast<char>(task)).append(provider).append(1, '\0');
}

constexpr std::size_t maxAccountSize = 511; // of a key in LMDB; the API takes 200 bytes

Json parseRecord(Bytes record, std::string_view table) {
    std::string error;
    Json json = Json::parse(textOf(record), &error);
    if (!json.isObject())
        throw std::runtime_error("vault: a record in " + std::string(table) + " is damaged (" +
                                 error + "); restore the vault from a backup");
    return json;
}

bool fits(const Connection& connection, const ConnectionQuery& query) {
    return (!query.status || connection.status == *query.status) &&
           (query.provider.empty() || connection.provider == query.provider) &&
           (query.accounts.empty() || std::find(query.accounts.begin(), query.accounts.end(),
                                                connection.account) != query.accounts.end());
}

// The index has no connections that were asked for without an account.
bool isIndexed(const std::vector<std::string>& accounts) {
    return !accounts.empty() &&
           std::find(accounts.begin(), accounts.end(), std::string()) == accounts.end();
}

lmdb::Database statusTable(const VaultTables& tables, ConnectionStatus status) {
    return tables.byStatus[static_cast<std::size_t>(status) - 1];
}

// The entry with the greatest key below `limit`.
std::optional<lmdb::Cursor::Entry> lastBefore(lmdb::Cursor& cursor, const Uuid& limit) {
    return cursor.atOrAfter(limit.bytes) ? cursor.previous() : cursor.last();
}

} // namespace

void eachConnectionIn(const lmdb::Transaction& transaction, const VaultTables& tables,
                      const Uuid& after, std::size_t limit,
                      const std::function<void(const Connection&)>& visit) {
    lmdb::Cursor cursor(transaction, tables.connections);
    auto entry = cursor.atOrAfter(keyOf(after));
    if (entry && uuidOf(entry->first) == after)
        entry = cursor.next();
    for (; entry && limit > 0; entry = cursor.next(), --limit)
        visit(connectionFromJson(uuidOf(entry->first), parseRecord(entry->second, "connections")));
}

void putAccount(lmdb::WriteTransaction& write, const VaultTables& tables,
                const Connection& connection) {
    const std::string& account = connection.account;
    if (!account.empty() && account.size() <= maxAccountSize)
        write.put(tables.accounts, bytesOf(account), keyOf(connection.id));
}

template <typename Base>
std::optional<Connection> LmdbVaultReads<Base>::connection(const Uuid& id) const {
    const auto record = transaction_.get(tables_.connections, keyOf(id));
    if (!record)
        return std::nullopt;
    return connectionFromJson(id, parseRecord(*record, "connections"));
}

// Newest first.
template <typename Base>
std::vector<Uuid> LmdbVaultReads<Base>::idsOf(const std::vector<std::string>& accounts) const {
    std::vector<Uuid> out;
    lmdb::Cursor cursor(transaction_, tables_.accounts);
    for (const std::string& account : accounts) {
        const auto isHere = [&](const auto& entry) {
            return entry && textOf(entry->first) == account;
        };
        if (account.size() > maxAccountSize)
            continue;
        for (auto entry = cursor.atOrAfter(bytesOf(account)); isHere(entry); entry = cursor.next())
            out.push_back(uuidOf(entry->second));
    }
    std::sort(out.begin(), out.end(), std::greater<>());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

template <typename Base>
ConnectionPage LmdbVaultReads<Base>::connections(const ConnectionQuery& query) const {
    ConnectionPage out;
    const auto take = [&](const Uuid& id) { // false: the page is full
        const auto found = connection(id);
        if (!found || !fits(*found, query))
            return true;
        if (out.connections.size() == query.limit) {
            out.next = out.connections.back().id;
            return false;
        }
        out.connections.push_back(*found);
        return true;
    };
    if (isIndexed(query.accounts)) {
        for (const Uuid& id : idsOf(query.accounts))
            if ((!query.after || id < *query.after) && !take(id))
                break;
        return out;
    }
    // The table and each status's list are in the order of creation.
    lmdb::Cursor cursor(transaction_,
                        query.status ? statusTable(tables_, *query.status) : tables_.connections);
    auto entry = query.after ? lastBefore(cursor, *query.after) : cursor.last();
    while (entry && take(uuidOf(entry->first)))
        entry = cursor.previous();
    return out;
}

template <typename Base>
void LmdbVaultReads<Base>::eachConnection(
    const Uuid& after, std::size_t limit,
    const std::function<void(const Connection&)>& visit) const {
    eachConnectionIn(transaction_, tables_, after, limit, visit);
}

template <typename Base>
VaultCounts LmdbVaultReads<Base>::counts() const {
    const auto count = [&](ConnectionStatus status) {
        return transaction_.count(statusTable(tables_, status));
    };
    VaultCounts out;
    out.pending = count(ConnectionStatus::pending);
    out.active = count(ConnectionStatus::active);
    out.broken = count(ConnectionStatus::broken);
    out.revoked = count(ConnectionStatus::revoked);
    out.notifications = transaction_.count(tables_.outbox);
    return out;
}

template <typename Base>
std::optional<AttemptRecord> LmdbVaultReads<Base>::attempt(const Uuid& id) const {
    const auto record = transaction_.get(tables_.attempts, keyOf(id));
    if (!record)
        return std::nullopt;
    return attemptFromJson(parseRecord(*record, "attempts"));
}

template <typename Base>
std::optional<TokenSet> LmdbVaultReads<Base>::tokens(const Uuid& owner) const {
    const auto record = transaction_.get(tables_.tokens, keyOf(owner));
    return record ? openTokens(keys_, owner, *record) : std::nullopt;
}

template <typename Base>
std::vector<Notification> LmdbVaultReads<Base>::dueNotifications(TimeMs now,
                                                                 std::size_t limit) const {
    std::vector<Notification> out;
    const std::string end = dueKey(now + 1, Uuid{});
    lmdb::Cursor cursor(transaction_, tables_.outboxDue);
    for (auto entry = cursor.first(); entry && out.size() < limit; entry = cursor.next()) {
        const std::string_view key = textOf(entry->first);
        if (key >= end)
            break;
        const Uuid id = uuidOf(bytesOf(key.substr(dueSize)));
        if (const auto record = transaction_.get(tables_.outbox, keyOf(id)))
            out.push_back(
                notificationFromJson(id, parseRecord(record->subspan(dueSize), "outbox")));
    }
    return out;
}

template <typename Base>
std::vector<Uuid> LmdbVaultReads<Base>::dueTasks(Task task, const std::string& provider, TimeMs now,
                                                 std::size_t limit) const {
    std::vector<Uuid> out;
    const std::string queue = taskQueue(task, provider);
    const std::string end = queue + dueKey(now + 1, Uuid{});
    lmdb::Cursor cursor(transaction_, tables_.tasksDue);
    for (auto entry = cursor.atOrAfter(bytesOf(queue)); entry && out.size() < limit;
         entry = cursor.next()) {
        const std::string_view key = textOf(entry->first);
        if (key >= end)
            break;
        out.push_back(uuidOf(bytesOf(key.substr(queue.size() + dueSize))));
    }
    return out;
}

template <typename Base>
std::optional<TimeMs> LmdbVaultReads<Base>::dueTime(Task task, const Uuid& connection) const {
    const auto record = transaction_.get(tables_.tasks, bytesOf(taskKey(task, connection)));
    return record ? std::optional(dueIn(textOf(*record))) : std::nullopt;
}

template <typename Base>
std::optional<StoredPost> LmdbVaultReads<Base>::post(const Uuid& connection,
                                                     const std::string& id) const {
    return reads().find(connection, id);
}

template <typename Base>
PostPage LmdbVaultReads<Base>::posts(const PostQuery& query) const {
    return reads().list(query);
}

template <typename Base>
PostStock LmdbVaultReads<Base>::postStock(const Uuid& connection) const {
    return reads().stock(connection);
}

template <typename Base>
std::vector<Uuid> LmdbVaultReads<Base>::postOwners(const Uuid& after, std::size_t limit) const {
    return reads().owners(after, limit);
}

template <typename Base>
Collecting LmdbVaultReads<Base>::collecting(const Uuid& connection) const {
    return reads().collecting(connection);
}

template class LmdbVaultReads<VaultReader>;
template class LmdbVaultReads<VaultWriter>;

void LmdbVaultWriter::putConnection(const Connection& connection) {
    const Uuid& id = connection.id;
    for (lmdb::Database table : tables_.byStatus)
        write_.remove(table, keyOf(id));
    write_.put(statusTable(tables_, connection.status), keyOf(id), {});
    putAccount(write_, tables_, connection); // which never changes
    write_.put(tables_.connections, keyOf(id), bytesOf(toJson(connection).dump()));
}

void LmdbVaultWriter::putAttempt(const Uuid& id, const AttemptRecord& attempt) {
    write_.put(tables_.attempts, keyOf(id), bytesOf(toJson(attempt).dump()));
}

void LmdbVaultWriter::removeAttempt(const Uuid& id) {
    write_.remove(tables_.attempts, keyOf(id));
}

void LmdbVaultWriter::putTokens(const Uuid& owner, const TokenSet& tokens) {
    write_.put(tables_.tokens, keyOf(owner), bytesOf(sealTokens(keys_.current(), owner, tokens)));
}

void LmdbVaultWriter::eraseTokens(const Uuid& owner) {
    write_.remove(tables_.tokens, keyOf(owner));
}

void LmdbVaultWriter::putNotification(const Notification& notification, TimeMs due) {
    removeNotification(notification.id);
    const std::string key = dueKey(due, notification.id);
    const std::string record = key.substr(0, dueSize) + toJson(notification).dump();
    write_.put(tables_.outbox, keyOf(notification.id), bytesOf(record));
    write_.put(tables_.outboxDue, bytesOf(key), {});
}

void LmdbVaultWriter::removeNotification(const Uuid& id) {
    const auto record = write_.get(tables_.outbox, keyOf(id));
    if (!record)
        return;
    const std::string due(textOf(record->first(dueSize)));
    write_.remove(tables_.outboxDue, bytesOf(due + std::string(textOf(id.bytes))));
    write_.remove(tables_.outbox, keyOf(id));
}

void LmdbVaultWriter::schedule(Task task, const Connection& connection, TimeMs due) {
    unschedule(task, connection.id);
    const std::string when = dueKey(due, connection.id);
    const std::string record = when.substr(0, dueSize) + connection.provider;
    write_.put(tables_.tasks, bytesOf(taskKey(task, connection.id)), bytesOf(record));
    write_.put(tables_.tasksDue, bytesOf(taskQueue(task, connection.provider) + when), {});
}

void LmdbVaultWriter::unschedule(Task task, const Uuid& connection) {
    const std::string key = taskKey(task, connection);
    const auto record = write_.get(tables_.tasks, bytesOf(key));
    if (!record)
        return;
    const std::string_view text = textOf(*record);
    const std::string due = taskQueue(task, text.substr(dueSize)) + dueKey(dueIn(text), connection);
    write_.remove(tables_.tasksDue, bytesOf(due));
    write_.remove(tables_.tasks, bytesOf(key));
}

std::uint64_t LmdbVaultWriter::putPost(const StoredPost& post) {
    return postWrites().put(post);
}

std::size_t LmdbVaultWriter::prunePosts(const Uuid& connection, const PostLimits& limits,
                                        std::size_t limit) {
    return postWrites().prune(connection, limits, limit);
}

void LmdbVaultWriter::erasePosts(const Uuid& connection) {
    postWrites().erase(connection);
}

void LmdbVaultWriter::putCollecting(const Uuid& connection, const Collecting& collecting) {
    postWrites().putCollecting(connection, collecting);
}

std::size_t LmdbVaultWriter::pruneAttempts(TimeMs before, std::size_t limit) {
    std::vector<Uuid> old;
    {
        lmdb::Cursor cursor(write_, tables_.attempts);
        for (auto entry = cursor.first(); entry && old.size() < limit; entry = cursor.next()) {
            const Uuid id = uuidOf(entry->first);
            if (id.time() >= before)
                break;
            if (attempt(id)->stage == AttemptStage::done)
                old.push_back(id);
        }
    }
    for (const Uuid& id : old) {
        removeAttempt(id);
        eraseTokens(id);
    }
    return old.size();
}

} // namespace grantlink
