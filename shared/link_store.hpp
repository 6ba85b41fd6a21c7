// The edge store's first half, `links/`: what the daemon tells the edge. Only the daemon writes.
//
//   links        u32 number, big endian → bucket of links (link_bucket.hpp)
//   connections  connection id (16) → link key of the newest generation
//   providers    provider id → provider view
//   brands       brand id → brand view
//   assets       file name → its bytes
//   meta         "schema" → u32, "site" → site view, "spread" → how many buckets and links
//
// Everything in it is made again from the vault when it is lost (docs/formats.md).
// Errors: lmdb::LmdbError, and std::runtime_error for a schema this build cannot read.
#pragma once

#include "shared/bucket_places.hpp"
#include "shared/link_bucket.hpp"
#include "shared/link_token.hpp"
#include "shared/link_view.hpp"
#include "shared/lmdb.hpp"
#include "shared/store_usage.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grantlink {

// The databases by name, as both sides open them.
struct LinkDatabases {
    lmdb::Database links = 0, connections = 0, providers = 0, brands = 0, assets = 0, meta = 0;
};

// nginx's side, read-only. One thread.
class LinkReader {
  public:
    // Opens the `links` directory below the edge store; what it holds must be of this build's
    // schema, now and whenever a snapshot finds that it has changed.
    explicit LinkReader(const std::string& edgeStore);

    // A view of the store at one moment; what is found through it is valid as long as it lives.
    // Of several that live at a time, the first is made first and ends last, and all are of its
    // moment.
    class Snapshot {
      public:
        explicit Snapshot(LinkReader& reader);

        Snapshot(const Snapshot&) = delete;
        Snapshot& operator=(const Snapshot&) = delete;

        std::optional<LinkView> find(const LinkKey& link) const;
        std::optional<LinkView> find(const Uuid& connection) const; // newestOf(), then find()
        std::optional<LinkKey> newestOf(const Uuid& connection) const;

        const SiteView& site() const;
        const ProviderView* provider(std::string_view id) const; // null: not configured any more
        const BrandView* brand(std::string_view id) const;       // null: there is no such brand
        std::optional<Bytes> asset(std::string_view name) const;

      private:
        LinkReader& reader_;
        lmdb::Renewed now_;
    };

    Snapshot snapshot() { return Snapshot(*this); }

    // For a link that find() will be asked for soon. No cache holds its bucket: the entry is asked
    // for when the slot has had time to come.
    void prefetchSlot(const LinkLocator& link) const;
    void prefetchEntry(const LinkLocator& link) const;

    StoreUsage usage();

    // False when the daemon made the store anew; the caller then opens another reader.
    bool isCurrent() const { return env_.fileIsCurrent(); }

  private:
    std::optional<Bytes> bucketOf(const LinkKey& link);

    // What many links share, as values: read again only when the store has changed.
    struct Shared {
        std::optional<SiteView> site;
        LinkSpread spread;
        std::map<std::string, ProviderView, std::less<>> providers;
        std::map<std::string, BrandView, std::less<>> brands;
    };

    lmdb::Environment env_;
    LinkDatabases databases_;
    lmdb::ReadTransaction read_; // reset while no snapshot is alive
    Shared shared_;
    std::size_t sharedAt_ = 0; // the transaction that `shared_` is of

    BucketPlaces places_; // nothing is unmapped while the environment is open
};

// The daemon's side. Blocks on the writer lock and on fsync.
class LinkWriter {
  public:
    struct Entry {
        LinkKey link;
        std::string view;                // encodeLinkView
        std::vector<Uuid> newestOf = {}; // the connections whose newest link this is
    };

    // What is there beside the links.
    struct Surroundings {
        SiteView site;
        std::map<std::string, ProviderView> providers;
        std::map<std::string, BrandView> brands;
        std::map<std::string, std::string> assets; // names must be unique to their bytes
    };

    // A store of an older schema is left as it is until replaceAll(): it counts as empty, and what
    // is published before is not written.
    explicit LinkWriter(const std::string& edgeStore);

    // One transaction, durable. What is there already in the same words is not written again.
    void publish(std::span<const Entry> entries);
    void publish(const Surroundings& surroundings); // in place of those before

    // Everything anew, also one transaction. Sorts `entries`, so that the store is written in
    // order.
    void replaceAll(const Surroundings& surroundings, std::span<Entry> entries);

    std::size_t linkCount() const;

    bool isCurrent() const { return env_.fileIsCurrent(); }

    int clearStaleReaders() { return env_.clearStaleReaders(); }

  private:
    void put(lmdb::WriteTransaction& write, lmdb::Database database, Bytes key, Bytes value);
    LinkSpread spread(const lmdb::Transaction& transaction) const;
    LinkEntries bucket(const lmdb::Transaction& transaction, std::uint32_t number) const;
    void putBucket(lmdb::WriteTransaction& write, std::uint32_t number, LinkEntries entries);
    void putSchema(lmdb::WriteTransaction& write);
    void putSpread(lmdb::WriteTransaction& write, const LinkSpread& spread);
    void addLinks(lmdb::WriteTransaction& write, std::span<const Entry> entries,
                  LinkSpread& spread);
    void grow(lmdb::WriteTransaction& write, LinkSpread& spread);
    void putSurroundings(lmdb::WriteTransaction& write, const Surroundings& surroundings);
    void appendAll(lmdb::WriteTransaction& write, std::span<Entry> entries);

    lmdb::Environment env_;
    LinkDatabases databases_;
    bool outdated_ = false; // of an older schema
};

} // namespace grantlink
