#include "daemon/vault/vault_check.hpp"

#include "daemon/vault/lmdb_keys.hpp"
#include "daemon/vault/lmdb_media.hpp"
#include "daemon/vault/lmdb_posts.hpp"
#include "daemon/vault/lmdb_sealing.hpp"
#include "daemon/vault/seal.hpp"
#include "daemon/vault/sealed_file.hpp"
#include "daemon/vault/token_seal.hpp"

#include <sys/stat.h>

namespace grantlink {

namespace {

constexpr ConnectionStatus allStatuses[] = {ConnectionStatus::pending, ConnectionStatus::active,
                                            ConnectionStatus::broken, ConnectionStatus::revoked};

// The two of a file; nothing when it is not there.
std::optional<std::uint64_t> sizeOf(const std::string& path) {
    struct stat info {};

    return ::stat(path.c_str(), &info) == 0
               ? std::optional(static_cast<std::uint64_t>(info.st_size))
               : std::nullopt;
}

std::optional<TimeMs> changedAt(const std::string& path) {
    struct stat info {};

    return ::stat(path.c_str(), &info) == 0
               ? std::optional(static_cast<TimeMs>(info.st_mtime) * 1000)
               : std::nullopt;
}

class Check {
  public:
    Check(const lmdb::Transaction& transaction, const VaultTables& tables, const MasterKeys& keys,
          const CopyListing* files)
        : transaction_(transaction), tables_(tables), keys_(keys), files_(files),
          sole_(soleSealKey(transaction, tables)) {}

    VaultReport run() {
        each(tables_.connections, [this](Bytes key, Bytes) { connection(key); });
        for (const ConnectionStatus status : allStatuses)
            each(statusTable(tables_, status),
                 [this, status](Bytes key, Bytes) { listed(status, key); });
        each(tables_.accounts, [this](Bytes key, Bytes id) { account(key, id); });
        each(tables_.attempts, [this](Bytes key, Bytes record) { attempt(key, record); });
        each(tables_.tokens, [this](Bytes key, Bytes sealed) { tokens(key, sealed); });
        each(tables_.outbox.waiting,
             [this](Bytes key, Bytes record) { notification(key, record); });
        each(tables_.outbox.dead, [this](Bytes key, Bytes record) { deadLetter(key, record); });
        each(tables_.outbox.due, [this](Bytes key, Bytes) { notificationDue(key); });
        each(tables_.tasks, [this](Bytes key, Bytes record) { task(key, record); });
        each(tables_.tasksDue, [this](Bytes key, Bytes) { taskDue(key); });
        each(tables_.posts.posts, [this](Bytes key, Bytes sealed) { post(key, sealed); });
        each(tables_.posts.byId, [this](Bytes key, Bytes number) { postById(key, number); });
        each(tables_.posts.byTime, [this](Bytes key, Bytes byId) { postByTime(key, byId); });
        each(tables_.posts.media.files, [this](Bytes key, Bytes file) { copy(key, file); });
        each(tables_.posts.media.wanted, [this](Bytes key, Bytes) { wantedCopy(key); });
        bytesOfCopies();
        if (files_)
            filesOfNobody();
        each(tables_.events.events, [this](Bytes key, Bytes record) { event(key, record); });
        each(tables_.events.byConnection, [this](Bytes key, Bytes) { eventOf(key); });
        return std::move(report_);
    }

  private:
    template <typename Visit>
    void each(lmdb::Database database, Visit visit) {
        lmdb::Cursor cursor(transaction_, database);
        for (auto entry = cursor.first(); entry; entry = cursor.next())
            visit(entry->first, entry->second);
    }

    void wrong(const char* table, std::string key, std::string what) {
        report_.add({table, std::move(key), std::move(what)});
    }

    bool has(lmdb::Database database, Bytes key) const {
        return transaction_.get(database, key).has_value();
    }

    // Nothing for a connection that is not there or cannot be read.
    std::optional<Connection> find(const Uuid& id) const {
        const auto record = transaction_.get(tables_.connections, keyOf(id));
        const Json json = record ? Json::parse(textOf(*record)) : Json();
        if (!json.isObject() || !connectionStatusNamed(json["status"].str()))
            return std::nullopt;
        return connectionFromJson(id, json);
    }

    bool isTask(Task task, const Uuid& id) const {
        return has(tables_.tasks, bytesOf(taskKey(task, id)));
    }

    void connection(Bytes key) {
        ++report_.connections;
        const Uuid id = uuidOf(key);
        const auto found = find(id);
        if (!found || found->provider.empty())
            return wrong("connections", id.text(), "the record cannot be read");
        if (!has(statusTable(tables_, found->status), key))
            wrong("connections", id.text(),
                  "is " + std::string(nameOf(found->status)) + " and not in the list of these");
        const bool indexed = !found->account.empty() && found->account.size() <= maxAccountSize;
        if (indexed && !isUnder(found->account, key))
            wrong("connections", id.text(), "the index by account does not have it");
        if (found->waits() && found->linkExpires > now_ && !keys_.find(found->linkKey))
            wrong("connections", id.text(),
                  "its link was made with key " + std::to_string(found->linkKey) +
                      ", which master.key does not have");
        if (found->status == ConnectionStatus::active)
            active(id, key);
        for (const Uuid& other : found->together)
            sharer(*found, other);
    }

    void sharer(const Connection& connection, const Uuid& id) {
        const auto found = find(id);
        const bool agrees = found && found->sharedLink == connection.sharedLink &&
                            found->together == connection.together &&
                            found->generation == connection.generation;
        if (!agrees)
            wrong("connections", connection.id.text(),
                  "shares a link with " + id.text() + ", which is not there or has another");
    }

    void active(const Uuid& id, Bytes key) {
        if (!has(tables_.tokens, key))
            wrong("connections", id.text(), "is active and has no token");
        if (!isTask(Task::upkeep, id))
            wrong("connections", id.text(), "is active and nothing will look after its token");
    }

    bool isUnder(const std::string& account, Bytes id) {
        return transaction_.hasValue(tables_.accounts, bytesOf(account), id);
    }

    void listed(ConnectionStatus status, Bytes key) {
        const auto found = find(uuidOf(key));
        if (!found)
            wrong(nameOf(status).data(), uuidOf(key).text(), "there is no such connection");
        else if (found->status != status)
            wrong(nameOf(status).data(), uuidOf(key).text(),
                  "the connection is " + std::string(nameOf(found->status)));
    }

    void account(Bytes key, Bytes id) {
        const auto found = find(uuidOf(id));
        if (!found || found->account != textOf(key))
            wrong("accounts", std::string(textOf(key)),
                  "leads to connection " + uuidOf(id).text() +
                      (found ? ", which is of another account" : ", which is not there"));
    }

    static std::optional<AttemptRecord> attemptIn(Bytes record) {
        const Json json = Json::parse(textOf(record));
        AttemptRecord out = attemptFromJson(json);
        const bool known = out.stage >= AttemptStage::exchanging && out.stage <= AttemptStage::done;
        return json.isObject() && known ? std::optional(std::move(out)) : std::nullopt;
    }

    // One that is done may be of a connection that never was: nginx may send what it likes.
    void attempt(Bytes key, Bytes record) {
        ++report_.attempts;
        const auto found = attemptIn(record);
        if (!found)
            return wrong("attempts", uuidOf(key).text(), "the record cannot be read");
        if (found->stage != AttemptStage::done && !find(found->connection))
            wrong("attempts", uuidOf(key).text(), "is under way for no connection");
        if (found->stage == AttemptStage::exchanged && !has(tables_.tokens, key))
            wrong("attempts", uuidOf(key).text(), "its first tokens are not there");
    }

    void tokens(Bytes ownerKey, Bytes sealed) {
        ++report_.tokens;
        const Uuid owner = uuidOf(ownerKey);
        const KeyId key = sealedWith(sealed);
        if (key != 0 && !keys_.find(key))
            wrong("tokens", owner.text(),
                  "is sealed with key " + std::to_string(key) + ", which master.key does not have");
        else if (!openTokens(keys_, owner, sealed))
            wrong("tokens", owner.text(), "does not open: it was changed, or is another record's");
        else if (sole_ && key != *sole_)
            wrong("tokens", owner.text(), "is sealed with another key than all are said to be");
        if (const auto connection = find(owner)) {
            if (connection->status != ConnectionStatus::active && !isTask(Task::revoke, owner))
                wrong("tokens", owner.text(),
                      "the connection is " + std::string(nameOf(connection->status)) +
                          ", and nothing will give its token back");
        } else if (!has(tables_.attempts, ownerKey)) {
            wrong("tokens", owner.text(), "belongs to no connection and no attempt");
        }
    }

    // Where a notification stands in outbox_due; nothing for a record that cannot be read.
    static std::optional<std::string> outboxDueKey(const Uuid& id, Bytes record) {
        if (record.size() < dueSize)
            return std::nullopt;
        const Json json = Json::parse(textOf(record.subspan(dueSize)));
        if (!json.isObject())
            return std::nullopt;
        return outboxQueue(json["webhook"].str()) + dueKey(dueIn(textOf(record)), id);
    }

    void deadLetter(Bytes key, Bytes record) {
        if (!Json::parse(textOf(record)).isObject())
            wrong("dead_letters", uuidOf(key).text(), "the record cannot be read");
    }

    void notification(Bytes key, Bytes record) {
        ++report_.notifications;
        const Uuid id = uuidOf(key);
        const auto due = outboxDueKey(id, record);
        if (!due)
            wrong("outbox", id.text(), "the record cannot be read");
        else if (!has(tables_.outbox.due, bytesOf(*due)))
            wrong("outbox", id.text(), "is never due: the index does not have it");
    }

    void notificationDue(Bytes key) {
        const Uuid id = key.size() > dueSize + 16 ? uuidOf(key.last(16)) : Uuid{};
        const auto record = transaction_.get(tables_.outbox.waiting, keyOf(id));
        if (!record || outboxDueKey(id, *record) != textOf(key))
            wrong("outbox_due", id.text(), "no notification is due then");
    }

    static std::string nameOfTask(std::uint8_t task) {
        constexpr const char* names[] = {"upkeep", "revoke", "warn", "remind", "collect", "copy"};
        return task >= 1 && task <= std::size(names) ? names[task - 1]
                                                     : "task " + std::to_string(task);
    }

    void task(Bytes key, Bytes record) {
        ++report_.tasks;
        const bool whole = key.size() == taskKeySize && record.size() > dueSize;
        const Uuid id = whole ? uuidOf(key.subspan(1)) : Uuid{};
        const std::string name = nameOfTask(key[0]) + " of " + id.text();
        if (!whole || key[0] < 1 || key[0] > 6)
            return wrong("tasks", name, "the record cannot be read");
        const auto task = static_cast<Task>(key[0]);
        if (!has(tables_.tasksDue, bytesOf(taskDueKey(task, id, textOf(record)))))
            wrong("tasks", name, "is never due: the index does not have it");
        const auto found = find(id);
        if (!found)
            wrong("tasks", name, "there is no such connection");
        if (task == Task::warn || task == Task::remind)
            return; // looks at the connection when it is due
        const ConnectionStatus expected =
            task == Task::revoke ? ConnectionStatus::revoked : ConnectionStatus::active;
        if (found && found->status != expected)
            wrong("tasks", name, "the connection is " + std::string(nameOf(found->status)));
    }

    void taskDue(Bytes key) {
        const std::string_view text = textOf(key);
        const bool whole = text.size() > 1 + 1 + dueSize + 16;
        const Uuid id = whole ? uuidOf(key.last(16)) : Uuid{};
        const auto task = static_cast<Task>(key[0]);
        const auto record = transaction_.get(tables_.tasks, bytesOf(taskKey(task, id)));
        if (!record || record->size() <= dueSize || taskDueKey(task, id, textOf(*record)) != text)
            wrong("tasks_due", nameOfTask(key[0]) + " of " + id.text(), "no task is due then");
    }

    void post(Bytes key, Bytes sealed) {
        const std::uint64_t number = numberIn(textOf(key));
        const KeyId with = sealedWith(sealed);
        if (with != 0 && !keys_.find(with))
            wrong("posts", std::to_string(number),
                  "is sealed with key " + std::to_string(with) +
                      ", which master.key does not have");
        else if (const auto post = openPost(keys_, number, sealed); !post)
            wrong("posts", std::to_string(number),
                  "does not open: it was changed, or is another record's");
        else if (post->copy.state == CopyState::kept && !has(tables_.posts.media.files, key))
            wrong("posts", std::to_string(number), "has a copy that the list does not have");
        else if (post->copy.state == CopyState::wanted &&
                 !has(tables_.posts.media.wanted, bytesOf(wantedCopyKey(post->connection, number))))
            wrong("posts", std::to_string(number),
                  "is never copied: the list of those that are to be does not have it");
        else if (sole_ && with != *sole_)
            wrong("posts", std::to_string(number),
                  "is sealed with another key than all are said to be");
    }

    bool isPost(std::string_view number) const { return has(tables_.posts.posts, bytesOf(number)); }

    void postById(Bytes key, Bytes number) {
        if (!isPost(textOf(number)))
            wrong("posts_by_id", uuidOf(key.first(16)).text(), "leads to a post that is not there");
    }

    void postByTime(Bytes key, Bytes byId) {
        const std::string_view text = textOf(key);
        if (text.size() != 16 + 8 + 8 || !isPost(text.substr(24)) || !has(tables_.posts.byId, byId))
            wrong("posts_by_time", uuidOf(key.first(16)).text(),
                  "leads to a post that is not there");
    }

    // What a post says of its copy, the list of copies, and the file are to agree.
    void copy(Bytes key, Bytes file) {
        ++report_.copies;
        const std::uint64_t number = numberIn(textOf(key));
        const auto sealed = transaction_.get(tables_.posts.posts, key);
        const auto post = sealed ? openPost(keys_, number, *sealed) : std::nullopt;
        const MediaName name = copyNameIn(file);
        copies_.insert(name);
        if (sealed && !post)
            return; // which is said already
        if (!post || post->copy.state != CopyState::kept || post->copy.file.name != name)
            return wrong("media", std::to_string(number), "is of no post that has this copy");
        if (!files_)
            return;
        const auto size = sizeOf(files_->directory + "/" + fileNameOf(name));
        if (!size && !files_->names.contains(name))
            wrong("media", std::to_string(number),
                  "the file of its copy, " + fileNameOf(name) + ", is not there");
        else if (size && *size != sealedFileSize(post->copy.file.size))
            wrong("media", std::to_string(number),
                  "the file of its copy, " + fileNameOf(name) + ", has another size than it had");
    }

    void wantedCopy(Bytes key) {
        const std::string_view text = textOf(key);
        if (text.size() != 16 + 8 || !isPost(text.substr(16)))
            wrong("media_wanted", uuidOf(key.first(16)).text(),
                  "leads to a post that is not there");
    }

    void bytesOfCopies() {
        std::uint64_t sum = 0;
        each(tables_.posts.media.files, [&](Bytes, Bytes file) { sum += copySizeIn(file); });
        each(tables_.posts.media.erased, [&](Bytes, Bytes size) { sum += numberIn(textOf(size)); });
        const CopyStock stock = MediaReads{transaction_, tables_.posts.media}.stock();
        if (stock.bytes != sum)
            wrong("meta", "media_bytes",
                  "says " + std::to_string(stock.bytes) + " bytes, but all copies have " +
                      std::to_string(sum));
    }

    // One that is being written now is about to be known.
    void filesOfNobody() {
        constexpr TimeMs minute = 60'000;
        for (const MediaName& name : files_->names) {
            const std::string path = files_->directory + "/" + fileNameOf(name);
            if (copies_.contains(name) || has(tables_.posts.media.erased, name))
                continue;
            if (const auto changed = changedAt(path); changed && *changed + minute < now_)
                wrong("media", fileNameOf(name),
                      "is of no post; grantlinkd removes it with its next start");
        }
    }

    // Events outlive their connections.
    void event(Bytes key, Bytes record) {
        const std::uint64_t number = numberIn(textOf(key));
        const auto found = decodeEvent(number, textOf(record));
        if (!found)
            wrong("events", std::to_string(number), "the record cannot be read");
        else if (!has(tables_.events.byConnection, bytesOf(eventKey(found->connection, number))))
            wrong("events", std::to_string(number), "its connection's list does not have it");
    }

    void eventOf(Bytes key) {
        const bool whole = key.size() == 16 + 8;
        const std::uint64_t number = whole ? numberIn(textOf(key.subspan(16))) : 0;
        const auto record = transaction_.get(tables_.events.events, bytesOf(bigEndian(number)));
        const auto found = record ? decodeEvent(number, textOf(*record)) : std::nullopt;
        if (!found || found->connection != uuidOf(key.first(16)))
            wrong("events_of", std::to_string(number), "there is no such event of this connection");
    }

    const lmdb::Transaction& transaction_;
    const VaultTables& tables_;
    const MasterKeys& keys_;
    const CopyListing* files_;
    std::set<MediaName> copies_;      // that are of a post
    const std::optional<KeyId> sole_; // all are said to be sealed with it
    const TimeMs now_ = nowMs();
    VaultReport report_;
};

} // namespace

VaultReport checkVault(const lmdb::Transaction& transaction, const VaultTables& tables,
                       const MasterKeys& keys, const CopyListing* files) {
    return Check(transaction, tables, keys, files).run();
}

} // namespace grantlink
