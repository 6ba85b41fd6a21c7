#include "daemon/vault/lmdb_tables.hpp"

#include "daemon/vault/lmdb_keys.hpp"
#include "daemon/vault/lmdb_sealing.hpp"
#include "daemon/vault/token_seal.hpp"

#include <algorithm>
#include <functional>

namespace grantlink {

namespace {

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

KeyUse keyUseIn(const lmdb::Transaction& transaction, const VaultTables& tables) {
    KeyUse out;
    countSeals(transaction, tables, out);
    const TimeMs now = nowMs();
    for (const ConnectionStatus status : {ConnectionStatus::pending, ConnectionStatus::broken}) {
        lmdb::Cursor waiting(transaction, statusTable(tables, status));
        for (auto entry = waiting.first(); entry; entry = waiting.next()) {
            const auto record = transaction.get(tables.connections, entry->first);
            if (!record)
                continue;
            const auto connection =
                connectionFromJson(uuidOf(entry->first), parseRecord(*record, "connections"));
            if (connection.linkExpires > now)
                ++out.links[connection.linkKey];
        }
    }
    return out;
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
    out.notifications = transaction_.count(tables_.outbox.waiting);
    if (const auto oldest = lmdb::Cursor(transaction_, tables_.outbox.waiting).first())
        out.oldestNotification = uuidOf(oldest->first).time();
    out.deadNotifications = transaction_.count(tables_.outbox.dead);
    out.copies = copyStock();
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
bool LmdbVaultReads<Base>::isSealedWithCurrent() const {
    return soleSealKey(transaction_, tables_) == keys_.current().id;
}

template <typename Base>
std::vector<std::string> LmdbVaultReads<Base>::notificationQueues() const {
    return outbox().queues();
}

template <typename Base>
std::vector<Notification> LmdbVaultReads<Base>::dueNotifications(const std::string& queue,
                                                                 TimeMs now,
                                                                 std::size_t limit) const {
    return outbox().due(queue, now, limit);
}

template <typename Base>
std::optional<Notification> LmdbVaultReads<Base>::notification(const Uuid& id) const {
    return outbox().find(id);
}

template <typename Base>
std::vector<Notification>
LmdbVaultReads<Base>::notifications(const NotificationQuery& query) const {
    return outbox().list(query);
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
EventPage LmdbVaultReads<Base>::eventsOf(const Uuid& connection,
                                         std::optional<std::uint64_t> before,
                                         std::size_t limit) const {
    return events().of(connection, before, limit);
}

template <typename Base>
std::uint64_t
LmdbVaultReads<Base>::eachEvent(std::uint64_t after, std::size_t limit,
                                const std::function<void(const Event&)>& visit) const {
    return events().each(after, limit, visit);
}

template <typename Base>
std::uint64_t LmdbVaultReads<Base>::lastEvent() const {
    return events().last();
}

template <typename Base>
std::optional<TimeMs> LmdbVaultReads<Base>::oldestEvent() const {
    return events().oldest();
}

template <typename Base>
std::optional<TimeMs> LmdbVaultReads<Base>::dueTime(Task task, const Uuid& connection) const {
    const auto record = transaction_.get(tables_.tasks, bytesOf(taskKey(task, connection)));
    return record ? std::optional<TimeMs>(numberIn(textOf(*record))) : std::nullopt;
}

template <typename Base>
std::optional<StoredPost> LmdbVaultReads<Base>::post(const Uuid& connection,
                                                     const std::string& id) const {
    return reads().find(connection, id);
}

template <typename Base>
std::optional<StoredPost> LmdbVaultReads<Base>::post(std::uint64_t number) const {
    return reads().at(number);
}

template <typename Base>
bool LmdbVaultReads<Base>::knowsPost(const Uuid& connection, const std::string& id) const {
    return reads().knows(connection, id);
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

template <typename Base>
std::vector<WantedCopy> LmdbVaultReads<Base>::wantedCopies(const Uuid& connection) const {
    return mediaReads().wanted(connection);
}

template <typename Base>
CopyStock LmdbVaultReads<Base>::copyStock() const {
    return mediaReads().stock();
}

template <typename Base>
void LmdbVaultReads<Base>::eachCopy(
    const std::function<void(std::uint64_t, const MediaName&)>& visit) const {
    mediaReads().each(visit);
}

template <typename Base>
std::vector<MediaName> LmdbVaultReads<Base>::erasedCopies(std::size_t limit,
                                                          const MediaName& after) const {
    return mediaReads().erased(limit, after);
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
    noteSealing(write_, tables_, keys_.current().id);
    write_.put(tables_.tokens, keyOf(owner), bytesOf(sealTokens(keys_.current(), owner, tokens)));
}

Resealing LmdbVaultWriter::reseal(const Resealing& soFar) {
    return resealNext(write_, tables_, keys_, soFar);
}

void LmdbVaultWriter::eraseTokens(const Uuid& owner) {
    write_.remove(tables_.tokens, keyOf(owner));
}

void LmdbVaultWriter::putNotification(const Notification& notification, TimeMs due) {
    outboxWrites().put(notification, due);
}

void LmdbVaultWriter::buryNotification(const Notification& notification) {
    outboxWrites().bury(notification);
}

void LmdbVaultWriter::removeNotification(const Uuid& id) {
    outboxWrites().remove(id);
}

std::size_t LmdbVaultWriter::pruneNotifications(TimeMs before, std::size_t limit) {
    return outboxWrites().prune(before, limit);
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
    const std::string due = taskDueKey(task, connection, textOf(*record));
    write_.remove(tables_.tasksDue, bytesOf(due));
    write_.remove(tables_.tasks, bytesOf(key));
}

void LmdbVaultWriter::record(Event event) {
    eventWrites().record(event);
    recorded_ = true;
}

std::size_t LmdbVaultWriter::pruneEvents(TimeMs before, std::size_t limit) {
    return eventWrites().prune(before, limit);
}

std::uint64_t LmdbVaultWriter::putPost(const StoredPost& post) {
    noteSealing(write_, tables_, keys_.current().id);
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

void LmdbVaultWriter::forgetWantedCopy(const Uuid& connection, std::uint64_t post) {
    MediaWrites{write_, tables_.posts.media}.forgetWanted(connection, post);
}

void LmdbVaultWriter::forgetErasedCopy(const MediaName& name) {
    MediaWrites{write_, tables_.posts.media}.forgetErased(name);
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
