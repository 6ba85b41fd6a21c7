// The edge store's first half, `links/`: what the daemon tells the edge. Only the daemon writes.
//
//   links        link key (16) → link view
//   connections  connection id (16) → link key of the newest generation
//   meta         "schema" → u32
//
// Everything in it is made again from the vault when it is lost (docs/formats.md).
// Errors: lmdb::LmdbError, and std::runtime_error for a schema this build cannot read.
#pragma once

#include "shared/link_token.hpp"
#include "shared/link_view.hpp"
#include "shared/lmdb.hpp"
#include "shared/store_usage.hpp"

#include <optional>
#include <span>
#include <string>

namespace grantlink {

// nginx's side, read-only. One thread.
class LinkReader {
  public:
    // Opens the `links` directory below the edge store.
    explicit LinkReader(const std::string& edgeStore);

    // A view of the store at one moment; views found through it point into it. One at a time.
    class Snapshot {
      public:
        explicit Snapshot(LinkReader& reader) : reader_(reader) { reader_.read_.renew(); }

        ~Snapshot() { reader_.read_.reset(); }

        Snapshot(const Snapshot&) = delete;
        Snapshot& operator=(const Snapshot&) = delete;

        std::optional<LinkView> find(const LinkKey& link) const;
        std::optional<LinkView> find(const Uuid& connection) const;

      private:
        LinkReader& reader_;
    };

    Snapshot snapshot() { return Snapshot(*this); }

    StoreUsage usage() const {
        return usageOf(env_, {{"links", links_}, {"connections", connections_}});
    }

    // False when the daemon made the store anew; the caller then opens another reader.
    bool isCurrent() const { return env_.fileIsCurrent(); }

  private:
    lmdb::Environment env_;
    lmdb::Database links_ = 0, connections_ = 0;
    lmdb::ReadTransaction read_; // reset while no snapshot is alive
};

// The daemon's side. Blocks on the writer lock and on fsync.
class LinkWriter {
  public:
    struct Entry {
        LinkKey link;
        std::string view;                  // encodeLinkView
        std::optional<Uuid> newestOf = {}; // the connection whose newest link this is
    };

    explicit LinkWriter(const std::string& edgeStore);

    void publish(std::span<const Entry> entries); // one transaction, durable
    void replaceAll(std::span<const Entry> entries);

    bool isCurrent() const { return env_.fileIsCurrent(); }

    int clearStaleReaders() { return env_.clearStaleReaders(); }

  private:
    void putAll(lmdb::WriteTransaction& write, std::span<const Entry> entries);

    lmdb::Environment env_;
    lmdb::Database links_ = 0, connections_ = 0;
};

} // namespace grantlink
