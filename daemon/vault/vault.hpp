// The daemon's own store: connections, tokens, attempts, outbox, posts. Everything goes through
// here.
//
// Reads see one consistent moment and do not wait for writers. A write is a function that runs in
// one transaction with others that came at the same time (group commit): when write() returns, all
// it did is durable; when the function throws, nothing of it happened and write() throws the same.
// Write functions run on another thread: they may touch the transaction and what they captured by
// value, nothing else.
//
// The interface names domain steps, not tables, so that another backend can stand behind it.
// Errors: what should never happen throws (I/O errors, a full store).
#pragma once

#include "daemon/vault/connection.hpp"
#include "daemon/vault/event.hpp"
#include "daemon/vault/key_use.hpp"
#include "daemon/vault/stored_post.hpp"
#include "daemon/vault/vault_report.hpp"
#include "shared/histogram.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace grantlink {

struct ConnectionQuery {
    std::optional<ConnectionStatus> status;
    std::string provider;              // empty: any
    std::vector<std::string> accounts; // any of these; none: any
    std::size_t limit = 50;
    std::optional<Uuid> after; // newest first: what was created before this one
};

struct ConnectionPage {
    std::vector<Connection> connections; // newest first
    std::optional<Uuid> next;            // ask for what is after it; nothing: that was all
};

// What is to be done with a connection at some time; each task is there once a connection at most.
enum class Task : std::uint8_t {
    upkeep = 1,  // an active one: refresh its token, or see that it still works
    revoke = 2,  // one that was removed: give its token back
    warn = 3,    // one that waits: tell its requester that the link is about to expire
    remind = 4,  // one that waits: remind its recipient
    collect = 5, // an active one: read its account's posts
    copy = 6,    // an active one: copy the media of its posts
};

// Newest first. `next`: ask for those below it; nothing: that was all.
struct EventPage {
    std::vector<Event> events;
    std::optional<std::uint64_t> next;
};

struct VaultCounts {
    std::size_t pending = 0, active = 0, broken = 0, revoked = 0;
    std::size_t notifications = 0;            // that wait
    std::optional<TimeMs> oldestNotification; // when it was made
    std::size_t deadNotifications = 0;        // that were given up
    CopyStock copies;
};

// Newest first.
struct NotificationQuery {
    bool dead = false; // given up; else those that wait
    std::size_t limit = 50;
    std::optional<Uuid> after; // what is older than this one
};

class VaultReader {
  public:
    virtual ~VaultReader() = default;

    virtual std::optional<Connection> connection(const Uuid& id) const = 0;
    virtual ConnectionPage connections(const ConnectionQuery& query) const = 0;
    // At most `limit`, in the order of creation, from behind `after`; a nil id is before all.
    virtual void eachConnection(const Uuid& after, std::size_t limit,
                                const std::function<void(const Connection&)>& visit) const = 0;
    virtual VaultCounts counts() const = 0;

    virtual std::optional<AttemptRecord> attempt(const Uuid& id) const = 0;
    // Tokens of a connection, or the first tokens of an attempt that is `exchanged`.
    virtual std::optional<TokenSet> tokens(const Uuid& owner) const = 0;

    // The webhooks for which something waits, whenever it is due; "" stands for mail.
    virtual std::vector<std::string> notificationQueues() const = 0;
    // Of one of these queues, the longest overdue first.
    virtual std::vector<Notification> dueNotifications(const std::string& queue, TimeMs now,
                                                       std::size_t limit) const = 0;
    virtual std::optional<Notification> notification(const Uuid& id) const = 0; // dead ones too
    virtual std::vector<Notification> notifications(const NotificationQuery& query) const = 0;

    // The connections of a provider for which a task is due, the longest overdue first.
    virtual std::vector<Uuid> dueTasks(Task task, const std::string& provider, TimeMs now,
                                       std::size_t limit) const = 0;
    virtual std::optional<TimeMs> dueTime(Task task, const Uuid& connection) const = 0;

    // Of one connection: at most `limit`, with numbers below `before`; nothing: from the newest.
    virtual EventPage eventsOf(const Uuid& connection, std::optional<std::uint64_t> before,
                               std::size_t limit) const = 0;
    // Of all connections, in the order of their numbers, from behind `after`. Looks at no more than
    // `limit` and answers the number of the last it has looked at.
    virtual std::uint64_t eachEvent(std::uint64_t after, std::size_t limit,
                                    const std::function<void(const Event&)>& visit) const = 0;
    virtual std::uint64_t lastEvent() const = 0;           // its number; 0: there was none
    virtual std::optional<TimeMs> oldestEvent() const = 0; // of those that can be pruned

    // By the provider's id. Nothing as well when it cannot be opened any more.
    virtual std::optional<StoredPost> post(const Uuid& connection, const std::string& id) const = 0;
    virtual std::optional<StoredPost> post(std::uint64_t number) const = 0;
    virtual bool knowsPost(const Uuid& connection,
                           const std::string& id) const = 0; // opened or not
    virtual PostPage posts(const PostQuery& query) const = 0;
    virtual PostStock postStock(const Uuid& connection) const = 0;
    // Connections that have posts, at most `limit`, in the order of their ids from behind `after`.
    virtual std::vector<Uuid> postOwners(const Uuid& after, std::size_t limit) const = 0;
    virtual Collecting collecting(const Uuid& connection) const = 0;
    // Of a connection, in the order in which the posts were seen.
    virtual std::vector<WantedCopy> wantedCopies(const Uuid& connection) const = 0;
    virtual CopyStock copyStock() const = 0;
    virtual void
    eachCopy(const std::function<void(std::uint64_t post, const MediaName&)>& visit) const = 0;
    // Files of copies that are no longer anybody's, and are to be removed; those behind `after`.
    virtual std::vector<MediaName> erasedCopies(std::size_t limit,
                                                const MediaName& after) const = 0;
    // All tokens and posts are known to be sealed with the current key.
    virtual bool isSealedWithCurrent() const = 0;
};

// How far sealing anew has come: first tokens, then posts.
struct Resealing {
    enum class Table : std::uint8_t { tokens, posts, none }; // none: all have been looked at

    struct Counts {
        std::size_t sealed = 0;
        std::size_t unreadable = 0; // stay as they are
    };

    std::optional<KeyId> with = {}; // the current key, when it began
    Table table = Table::tokens;
    std::string last = {}; // key of the record that was looked at last
    Counts tokens = {}, posts = {};

    bool ended() const { return table == Table::none; }
};

class VaultWriter : public VaultReader {
  public:
    virtual void putConnection(const Connection& connection) = 0;
    virtual void putAttempt(const Uuid& id, const AttemptRecord& attempt) = 0;
    virtual void removeAttempt(const Uuid& id) = 0;
    virtual void putTokens(const Uuid& owner, const TokenSet& tokens) = 0;
    virtual void eraseTokens(const Uuid& owner) = 0;
    // In the outbox, wherever it was before.
    virtual void putNotification(const Notification& notification, TimeMs due) = 0;
    // Given up: kept, but sent no more.
    virtual void buryNotification(const Notification& notification) = 0;
    virtual void removeNotification(const Uuid& id) = 0; // dead ones too
    // Looks at some more tokens or posts, and seals those anew that are not sealed with the current
    // key; begins anew when that is another than before.
    virtual Resealing reseal(const Resealing& soFar) = 0;
    // In the place of the time that it had before.
    virtual void schedule(Task task, const Connection& connection, TimeMs due) = 0;
    virtual void unschedule(Task task, const Uuid& connection) = 0;
    // Into the audit trail; its number is the next, whatever it has. Nothing changes an event.
    virtual void record(Event event) = 0;
    // Events before the first that is not older than `before`; at most `limit`. The newest of all
    // stays, so that numbers never begin anew.
    virtual std::size_t pruneEvents(TimeMs before, std::size_t limit) = 0;
    // With number 0 a new one, which gets its number; else in the place of that with the number.
    // Its connection, id and time do not change. A file of its copy that is no longer in it is
    // erased, as are those of posts that go.
    virtual std::uint64_t putPost(const StoredPost& post) = 0;
    // Those that are beyond the limits, the oldest first; at most `limit`. How many went.
    virtual std::size_t prunePosts(const Uuid& connection, const PostLimits& limits,
                                   std::size_t limit) = 0;
    // All of a connection, and what is known of collecting them.
    virtual void erasePosts(const Uuid& connection) = 0;
    virtual void putCollecting(const Uuid& connection, const Collecting& collecting) = 0;
    // A post that wants to be copied and cannot be opened.
    virtual void forgetWantedCopy(const Uuid& connection, std::uint64_t post) = 0;
    virtual void forgetErasedCopy(const MediaName& name) = 0; // its file was removed
    // Attempts started before then that are done; at most `limit`.
    virtual std::size_t pruneAttempts(TimeMs before, std::size_t limit) = 0;
    // Notifications that were given up before then; at most `limit`.
    virtual std::size_t pruneNotifications(TimeMs before, std::size_t limit) = 0;
};

// For metrics.
struct VaultFigures {
    std::uint64_t usedBytes = 0;
    std::uint64_t maxBytes = 0;
    const Histogram<commitBounds>& commitTime; // nanoseconds; the vault's own
};

class Vault {
  public:
    virtual ~Vault() = default;

    virtual VaultFigures figures() const = 0;

    virtual void read(const std::function<void(const VaultReader&)>& look) const = 0;
    virtual boost::asio::awaitable<void> write(std::function<void(VaultWriter&)> change) = 0;

    // Reads all there is, beside everything else that goes on.
    virtual boost::asio::awaitable<VaultReport> check() const = 0;
    virtual boost::asio::awaitable<KeyUse> keyUse() const = 0;

    std::optional<Connection> connection(const Uuid& id) const {
        std::optional<Connection> out;
        read([&](const VaultReader& vault) { out = vault.connection(id); });
        return out;
    }

    // A connection and its tokens, of one moment.
    struct Held {
        std::optional<Connection> connection;
        std::optional<TokenSet> tokens;
    };

    Held held(const Uuid& id) const {
        Held out;
        read([&](const VaultReader& vault) { out = {vault.connection(id), vault.tokens(id)}; });
        return out;
    }
};

} // namespace grantlink
