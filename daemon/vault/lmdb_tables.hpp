// Reading and writing the tables of the LMDB vault inside one transaction.
#pragma once

#include "daemon/vault/lmdb_events.hpp"
#include "daemon/vault/lmdb_media.hpp"
#include "daemon/vault/lmdb_outbox.hpp"
#include "daemon/vault/lmdb_posts.hpp"
#include "daemon/vault/lmdb_vault.hpp"

namespace grantlink {

// What opening a vault needs of them as well.
void eachConnectionIn(const lmdb::Transaction& transaction, const VaultTables& tables,
                      const Uuid& after, std::size_t limit,
                      const std::function<void(const Connection&)>& visit);
// What still needs which master key.
KeyUse keyUseIn(const lmdb::Transaction& transaction, const VaultTables& tables);
void putAccount(lmdb::WriteTransaction& write, const VaultTables& tables,
                const Connection& connection);

// `Base` is VaultReader or VaultWriter: both read the same way.
template <typename Base>
class LmdbVaultReads : public Base {
  public:
    LmdbVaultReads(const lmdb::Transaction& transaction, const VaultTables& tables,
                   const MasterKeys& keys)
        : transaction_(transaction), tables_(tables), keys_(keys) {}

    std::optional<Connection> connection(const Uuid& id) const override;
    ConnectionPage connections(const ConnectionQuery& query) const override;
    void eachConnection(const Uuid& after, std::size_t limit,
                        const std::function<void(const Connection&)>& visit) const override;
    VaultCounts counts() const override;
    std::optional<AttemptRecord> attempt(const Uuid& id) const override;
    std::optional<TokenSet> tokens(const Uuid& owner) const override;
    std::vector<std::string> notificationQueues() const override;
    std::vector<Notification> dueNotifications(const std::string& queue, TimeMs now,
                                               std::size_t limit) const override;
    std::optional<Notification> notification(const Uuid& id) const override;
    std::vector<Notification> notifications(const NotificationQuery& query) const override;
    std::vector<Uuid> dueTasks(Task task, const std::string& provider, TimeMs now,
                               std::size_t limit) const override;
    std::optional<TimeMs> dueTime(Task task, const Uuid& connection) const override;
    EventPage eventsOf(const Uuid& connection, std::optional<std::uint64_t> before,
                       std::size_t limit) const override;
    std::uint64_t eachEvent(std::uint64_t after, std::size_t limit,
                            const std::function<void(const Event&)>& visit) const override;
    std::uint64_t lastEvent() const override;
    std::optional<TimeMs> oldestEvent() const override;
    std::optional<StoredPost> post(const Uuid& connection, const std::string& id) const override;
    std::optional<StoredPost> post(std::uint64_t number) const override;
    bool knowsPost(const Uuid& connection, const std::string& id) const override;
    PostPage posts(const PostQuery& query) const override;
    PostStock postStock(const Uuid& connection) const override;
    std::vector<Uuid> postOwners(const Uuid& after, std::size_t limit) const override;
    Collecting collecting(const Uuid& connection) const override;
    std::vector<WantedCopy> wantedCopies(const Uuid& connection) const override;
    CopyStock copyStock() const override;
    void
    eachCopy(const std::function<void(std::uint64_t post, const MediaName&)>& visit) const override;
    std::vector<MediaName> erasedCopies(std::size_t limit, const MediaName& after) const override;
    bool isSealedWithCurrent() const override;

  protected:
    EventReads events() const { return {transaction_, tables_.events}; }

    OutboxReads outbox() const { return {transaction_, tables_.outbox}; }

    PostReads reads() const { return {transaction_, tables_.posts, keys_}; }

    MediaReads mediaReads() const { return {transaction_, tables_.posts.media}; }

    std::vector<Uuid> idsOf(const std::vector<std::string>& accounts) const;

    const lmdb::Transaction& transaction_;
    const VaultTables& tables_;
    const MasterKeys& keys_;
};

using LmdbVaultReader = LmdbVaultReads<VaultReader>;

class LmdbVaultWriter : public LmdbVaultReads<VaultWriter> {
  public:
    LmdbVaultWriter(lmdb::WriteTransaction& write, const VaultTables& tables,
                    const MasterKeys& keys)
        : LmdbVaultReads(write, tables, keys), write_(write) {}

    void putConnection(const Connection& connection) override;
    void putAttempt(const Uuid& id, const AttemptRecord& attempt) override;
    void removeAttempt(const Uuid& id) override;
    void putTokens(const Uuid& owner, const TokenSet& tokens) override;
    void eraseTokens(const Uuid& owner) override;
    void putNotification(const Notification& notification, TimeMs due) override;
    void buryNotification(const Notification& notification) override;
    void removeNotification(const Uuid& id) override;
    Resealing reseal(const Resealing& soFar) override;
    void schedule(Task task, const Connection& connection, TimeMs due) override;
    void unschedule(Task task, const Uuid& connection) override;
    void record(Event event) override;
    std::size_t pruneEvents(TimeMs before, std::size_t limit) override;
    std::uint64_t putPost(const StoredPost& post) override;
    std::size_t prunePosts(const Uuid& connection, const PostLimits& limits,
                           std::size_t limit) override;
    void erasePosts(const Uuid& connection) override;
    void putCollecting(const Uuid& connection, const Collecting& collecting) override;
    void forgetWantedCopy(const Uuid& connection, std::uint64_t post) override;
    void forgetErasedCopy(const MediaName& name) override;
    std::size_t pruneAttempts(TimeMs before, std::size_t limit) override;
    std::size_t pruneNotifications(TimeMs before, std::size_t limit) override;

    bool recorded() const { return recorded_; } // an event

  private:
    EventWrites eventWrites() { return {write_, tables_.events}; }

    OutboxWrites outboxWrites() { return {write_, tables_.outbox}; }

    PostWrites postWrites() { return {write_, tables_.posts, keys_}; }

    lmdb::WriteTransaction& write_;
    bool recorded_ = false;
};

} // namespace grantlink
