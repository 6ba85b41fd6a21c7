// The vault's tables of posts, inside one transaction.
//
// - posts: u64 number, big endian → sealed post (stored_post.hpp)
// - posts_by_time: connection id · u64 time (ms) · u64 number, both big endian → key in posts_by_id
// - posts_by_id: connection id · BLAKE2b-128 of the provider's id → u64 number, big endian
// - collecting: connection id → JSON
//
// A post's number is when it was first seen, in microseconds, or one more than the greatest there
// is: so writes append, and a number is not used again.
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

namespace grantlink {

struct PostReads {
    const lmdb::Transaction& transaction;
    const PostTables& tables;
    const MasterKeys& keys;

    std::optional<StoredPost> at(std::uint64_t number) const;
    std::optional<StoredPost> find(const Uuid& connection, const std::string& id) const;
    bool knows(const Uuid& connection, const std::string& id) const; // opened or not
    PostPage list(const PostQuery& query) const;
    // How many a connection has, and when the oldest and newest were published.
    PostStock stock(const Uuid& connection) const;
    std::vector<Uuid> owners(const Uuid& after, std::size_t limit) const;
    Collecting collecting(const Uuid& connection) const;

  private:
    void listOf(const PostQuery& query, PostPage& out) const;
    void listAll(const PostQuery& query, PostPage& out) const;
};

struct PostWrites {
    lmdb::WriteTransaction& write;
    const PostTables& tables;
    const MasterKeys& keys;

    std::uint64_t put(const StoredPost& post);
    std::size_t prune(const Uuid& connection, const PostLimits& limits, std::size_t limit);
    void erase(const Uuid& connection);
    void putCollecting(const Uuid& connection, const Collecting& collecting);

  private:
    std::uint64_t nextNumber() const;
    std::uint64_t numberFor(const StoredPost& post, const std::string& byId);
    std::size_t removeOldest(const Uuid& connection, std::size_t count);
};

} // namespace grantlink
