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
#include "daemon/vault/stored_post.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
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
    collect = 3, // an active one: read its account's posts
};

struct VaultCounts {
    std::size_t pending = 0, active = 0, broken = 0, revoked = 0;
    std::size_t notifications = 0;
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

    virtual std::vector<Notification> dueNotifications(TimeMs now, std::size_t limit) const = 0;

    // The connections of a provider for which a task is due, the longest overdue first.
    virtual std::vector<Uuid> dueTasks(Task task, const std::string& provider, TimeMs now,
                                       std::size_t limit) const = 0;
    virtual std::optional<TimeMs> dueTime(Task task, const Uuid& connection) const = 0;

    // By the provider's id. Nothing as well when it cannot be opened any more.
    virtual std::optional<StoredPost> post(const Uuid& connection, const std::string& id) const = 0;
    virtual PostPage posts(const PostQuery& query) const = 0;
    virtual PostStock postStock(const Uuid& connection) const = 0;
    // Connections that have posts, at most `limit`, in the order of their ids from behind `after`.
    virtual std::vector<Uuid> postOwners(const Uuid& after, std::size_t limit) const = 0;
    virtual Collecting collecting(const Uuid& connection) const = 0;
};

class VaultWriter : public VaultReader {
  public:
    virtual void putConnection(const Connection& connection) = 0;
    virtual void putAttempt(const Uuid& id, const AttemptRecord& attempt) = 0;
    virtual void removeAttempt(const Uuid& id) = 0;
    virtual void putTokens(const Uuid& owner, const TokenSet& tokens) = 0;
    virtual void eraseTokens(const Uuid& owner) = 0;
    virtual void putNotification(const Notification& notification, TimeMs due) = 0;
    virtual void removeNotification(const Uuid& id) = 0;
    // In the place of the time that it had before.
    virtual void schedule(Task task, const Connection& connection, TimeMs due) = 0;
    virtual void unschedule(Task task, const Uuid& connection) = 0;
    // With number 0 a new one, which gets its number; else in the place of that with the number.
    // Its connection, id and time do not change.
    virtual std::uint64_t putPost(const StoredPost& post) = 0;
    // Those that are beyond the limits, the oldest first; at most `limit`. How many went.
    virtual std::size_t prunePosts(const Uuid& connection, const PostLimits& limits,
                                   std::size_t limit) = 0;
    // All of a connection, and what is known of collecting them.
    virtual void erasePosts(const Uuid& connection) = 0;
    virtual void putCollecting(const Uuid& connection, const Collecting& collecting) = 0;
    // Attempts started before then that are done; at most `limit`.
    virtual std::size_t pruneAttempts(TimeMs before, std::size_t limit) = 0;
};

class Vault {
  public:
    virtual ~Vault() = default;

    virtual void read(const std::function<void(const VaultReader&)>& look) const = 0;
    virtual boost::asio::awaitable<void> write(std::function<void(VaultWriter&)> change) = 0;

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
