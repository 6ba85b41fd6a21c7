#include "shared/link_store.hpp"

#include "shared/byte_order.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace grantlink {

namespace {

constexpr std::uint32_t schema = 5;
constexpr std::size_t mapSize = std::size_t{16} << 30; // ten million links take about 1.5 GiB
constexpr std::size_t partSize = LinkSpread::linksABucket;
constexpr mode_t fileMode = 0640; // nginx's group reads

std::string directoryOf(const std::string& edgeStore) {
    return edgeStore + "/links";
}

Bytes schemaKey() {
    return bytesOf("schema");
}

Bytes siteKey() {
    return bytesOf("site");
}

Bytes spreadKey() {
    return bytesOf("spread");
}

// Big endian, so that LMDB has them in order.
std::array<std::uint8_t, 4> bucketKey(std::uint32_t number) {
    return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
            static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

std::uint32_t numberIn(Bytes record) {
    return RecordReader(record).integer<std::uint32_t>();
}

[[noreturn]] void failEmpty(const std::string& directory) {
    throw std::runtime_error(directory + ": is empty; start grantlinkd, which fills it");
}

[[noreturn]] void failDamaged(const std::string& directory, const std::string& what) {
    throw std::runtime_error(directory + ": " + what +
                             " cannot be read; stop grantlinkd, delete this directory, and start "
                             "it: it is made again from the vault");
}

// Of a store without links there is no record yet.
LinkSpread spreadIn(const lmdb::Transaction& transaction, lmdb::Database meta,
                    const std::string& directory) {
    const auto record = transaction.get(meta, spreadKey());
    const auto spread = record ? LinkSpread::parse(*record) : LinkSpread{};
    if (!spread)
        failDamaged(directory, "how links are spread");
    return *spread;
}

void requireSchema(const std::optional<Bytes>& found, const std::string& directory) {
    if (!found)
        failEmpty(directory);
    if (const auto number = numberIn(*found); number != schema)
        throw std::runtime_error(directory + ": has schema " + std::to_string(number) +
                                 ", this build reads schema " + std::to_string(schema) +
                                 "; install nginx module and grantlinkd of one version");
}

// Whichever of the two transactions it is, each database is opened by the same name.
template <typename Open>
LinkDatabases openEach(Open open) {
    LinkDatabases out;
    out.links = open("links");
    out.connections = open("connections");
    out.providers = open("providers");
    out.brands = open("brands");
    out.assets = open("assets");
    return out;
}

// The value under `id`, from `known` or else read now; null when there is none that can be read.
template <typename View>
const View* lookUp(std::map<std::string, View, std::less<>>& known, const lmdb::Transaction& read,
                   lmdb::Database database, std::string_view id,
                   std::optional<View> (*parse)(Bytes)) {
    if (const auto found = known.find(id); found != known.end())
        return &found->second;
    const auto record = id.empty() ? std::nullopt : read.get(database, bytesOf(id));
    auto view = record ? parse(*record) : std::nullopt;
    return view ? &known.emplace(id, std::move(*view)).first->second : nullptr;
}

// Whether that changed anything.
bool putLink(LinkEntries& links, const LinkWriter::Entry& entry, LinkSpread& spread) {
    const auto known = std::find_if(links.begin(), links.end(),
                                    [&](const auto& link) { return link.first == entry.link; });
    if (known == links.end()) {
        links.emplace_back(entry.link, entry.view);
        ++spread.links;
        return true;
    }
    const bool changes = known->second != entry.view;
    known->second = entry.view;
    return changes;
}

} // namespace

LinkReader::LinkReader(const std::string& edgeStore)
    : env_(directoryOf(edgeStore), {.readOnly = true}), read_(env_) {
    read_.reset(); // one transaction at a time while databases are opened
    lmdb::ReadTransaction setup(env_);
    const auto open = [&](const char* name) {
        const auto database = setup.open(name);
        if (!database)
            failEmpty(env_.directory());
        return *database;
    };
    const lmdb::Database meta = open("meta");
    requireSchema(setup.get(meta, schemaKey()), env_.directory());
    databases_ = openEach(open);
    databases_.meta = meta;
    if (!setup.get(meta, siteKey()))
        failEmpty(env_.directory()); // made, but not filled yet
    setup.commit();
}

StoreUsage LinkReader::usage() {
    const LinkDatabases& d = databases_;
    StoreUsage out = usageOf(env_, {{"connections", d.connections},
                                    {"providers", d.providers},
                                    {"brands", d.brands},
                                    {"assets", d.assets}});
    const Snapshot now = snapshot();
    out.entries.emplace_back("links", shared_.spread.links); // the database counts buckets
    return out;
}

LinkReader::Snapshot::Snapshot(LinkReader& reader) : reader_(reader), now_(reader.read_) {
    const std::size_t now = reader_.read_.id();
    if (now == reader_.sharedAt_)
        return;
    requireSchema(reader_.read_.get(reader_.databases_.meta, schemaKey()),
                  reader_.env_.directory());
    reader_.shared_ = {};
    reader_.shared_.spread =
        spreadIn(reader_.read_, reader_.databases_.meta, reader_.env_.directory());
    reader_.places_.storeChanged(reader_.shared_.spread.buckets);
    reader_.sharedAt_ = now;
}

void LinkReader::prefetchSlot(const LinkLocator& link) const {
    grantlink::prefetchSlot(places_.lately(shared_.spread.bucketOf(link)), link);
}

void LinkReader::prefetchEntry(const LinkLocator& link) const {
    grantlink::prefetchEntry(places_.lately(shared_.spread.bucketOf(link)), link);
}

std::optional<Bytes> LinkReader::bucketOf(const LinkKey& link) {
    const std::uint32_t number = shared_.spread.bucketOf(link.locator());
    if (const auto known = places_.now(number))
        return known;
    const auto found = read_.get(databases_.links, bucketKey(number));
    if (found)
        places_.remember(number, *found);
    return found;
}

std::optional<LinkView> LinkReader::Snapshot::find(const LinkKey& link) const {
    const auto bucket = reader_.bucketOf(link);
    const auto record = bucket ? findInBucket(*bucket, link) : std::nullopt;
    return record ? parseLinkView(*record) : std::nullopt;
}

std::optional<LinkView> LinkReader::Snapshot::find(const Uuid& connection) const {
    const auto link = newestOf(connection);
    return link ? find(*link) : std::nullopt;
}

std::optional<LinkKey> LinkReader::Snapshot::newestOf(const Uuid& connection) const {
    const auto record = reader_.read_.get(reader_.databases_.connections, connection.bytes);
    LinkKey link;
    if (!record || record->size() != link.bytes.size())
        return std::nullopt;
    std::copy(record->begin(), record->end(), link.bytes.begin());
    return link;
}

const SiteView& LinkReader::Snapshot::site() const {
    std::optional<SiteView>& site = reader_.shared_.site;
    if (!site) {
        const auto record = reader_.read_.get(reader_.databases_.meta, siteKey());
        site = record ? parseSiteView(*record) : std::nullopt;
        if (!site)
            failEmpty(reader_.env_.directory());
    }
    return *site;
}

const ProviderView* LinkReader::Snapshot::provider(std::string_view id) const {
    return lookUp(reader_.shared_.providers, reader_.read_, reader_.databases_.providers, id,
                  parseProviderView);
}

const BrandView* LinkReader::Snapshot::brand(std::string_view id) const {
    return lookUp(reader_.shared_.brands, reader_.read_, reader_.databases_.brands, id,
                  parseBrandView);
}

std::optional<Bytes> LinkReader::Snapshot::asset(std::string_view name) const {
    return reader_.read_.get(reader_.databases_.assets, bytesOf(name));
}

LinkWriter::LinkWriter(const std::string& edgeStore)
    : env_(directoryOf(edgeStore), {.mapSize = mapSize, .mode = fileMode}) {
    lmdb::WriteTransaction write(env_);
    const lmdb::Database meta = write.open("meta");
    databases_ = openEach([&](const char* name) { return write.open(name); });
    databases_.meta = meta;
    const auto found = write.get(meta, schemaKey());
    if (found && numberIn(*found) > schema)
        requireSchema(found, env_.directory());
    outdated_ = found && numberIn(*found) < schema;
    if (!found)
        putSchema(write);
    write.commit();
}

void LinkWriter::publish(std::span<const Entry> entries) {
    if (outdated_)
        return;
    lmdb::WriteTransaction write(env_);
    LinkSpread now = spread(write);
    const std::uint64_t before = now.links;
    // Buckets are split behind each part, so that none of them outgrows what a bucket can hold.
    while (!entries.empty()) {
        const auto part = entries.first(std::min(entries.size(), partSize));
        addLinks(write, part, now);
        grow(write, now);
        entries = entries.subspan(part.size());
    }
    if (now.links != before)
        putSpread(write, now);
    write.commit();
}

void LinkWriter::addLinks(lmdb::WriteTransaction& write, std::span<const Entry> entries,
                          LinkSpread& spread) {
    std::map<std::uint32_t, std::vector<const Entry*>> byBucket;
    for (const Entry& entry : entries)
        byBucket[spread.bucketOf(entry.link.locator())].push_back(&entry);
    for (const auto& [number, some] : byBucket) {
        LinkEntries links = bucket(write, number);
        bool changed = false;
        for (const Entry* entry : some)
            changed |= putLink(links, *entry, spread);
        if (changed)
            putBucket(write, number, std::move(links));
    }
    for (const Entry& entry : entries)
        for (const Uuid& connection : entry.newestOf)
            put(write, databases_.connections, connection.bytes, entry.link.bytes);
}

// Splits as many buckets as the links that were added ask for.
void LinkWriter::grow(lmdb::WriteTransaction& write, LinkSpread& spread) {
    while (spread.mustGrow() && spread.buckets < LinkSpread::maxBuckets) {
        const std::uint32_t old = spread.nextToSplit();
        const std::uint32_t added = spread.buckets++;
        LinkEntries all = bucket(write, old), moved;
        const auto stays = std::partition(all.begin(), all.end(), [&](const auto& link) {
            return spread.bucketOf(link.first.locator()) == old;
        });
        moved.assign(std::make_move_iterator(stays), std::make_move_iterator(all.end()));
        all.erase(stays, all.end());
        putBucket(write, old, std::move(all));
        putBucket(write, added, std::move(moved));
    }
}

LinkSpread LinkWriter::spread(const lmdb::Transaction& transaction) const {
    return spreadIn(transaction, databases_.meta, env_.directory());
}

void LinkWriter::putSpread(lmdb::WriteTransaction& write, const LinkSpread& spread) {
    write.put(databases_.meta, spreadKey(), bytesOf(spread.encode()));
}

LinkEntries LinkWriter::bucket(const lmdb::Transaction& transaction, std::uint32_t number) const {
    const auto record = transaction.get(databases_.links, bucketKey(number));
    auto entries = record ? parseLinkBucket(*record) : LinkEntries{};
    if (!entries)
        failDamaged(env_.directory(), "bucket " + std::to_string(number));
    return std::move(*entries);
}

void LinkWriter::putBucket(lmdb::WriteTransaction& write, std::uint32_t number,
                           LinkEntries entries) {
    write.put(databases_.links, bucketKey(number), bytesOf(encodeLinkBucket(std::move(entries))));
}

void LinkWriter::putSchema(lmdb::WriteTransaction& write) {
    std::uint8_t number[4];
    storeLittleEndian(number, schema);
    write.put(databases_.meta, schemaKey(), number);
}

void LinkWriter::publish(const Surroundings& surroundings) {
    if (outdated_)
        return;
    lmdb::WriteTransaction write(env_);
    putSurroundings(write, surroundings);
    write.commit();
}

// A transaction that has written nothing costs no fsync when it commits.
void LinkWriter::put(lmdb::WriteTransaction& write, lmdb::Database database, Bytes key,
                     Bytes value) {
    const auto found = write.get(database, key);
    if (!found || !std::equal(found->begin(), found->end(), value.begin(), value.end()))
        write.put(database, key, value);
}

std::size_t LinkWriter::linkCount() const {
    return outdated_ ? 0 : spread(lmdb::ReadTransaction(env_)).links;
}

void LinkWriter::replaceAll(const Surroundings& surroundings, std::span<Entry> entries) {
    lmdb::WriteTransaction write(env_);
    if (outdated_)
        write.clear(databases_.meta);
    putSchema(write);
    putSurroundings(write, surroundings);
    appendAll(write, entries);
    write.commit();
    outdated_ = false;
    env_.readInLargePages();
}

void LinkWriter::putSurroundings(lmdb::WriteTransaction& write, const Surroundings& surroundings) {
    for (const lmdb::Database database :
         {databases_.providers, databases_.brands, databases_.assets})
        write.clear(database);
    write.put(databases_.meta, siteKey(), bytesOf(encodeSiteView(surroundings.site)));
    for (const auto& [id, provider] : surroundings.providers)
        write.put(databases_.providers, bytesOf(id), bytesOf(encodeProviderView(provider)));
    for (const auto& [id, brand] : surroundings.brands)
        write.put(databases_.brands, bytesOf(id), bytesOf(encodeBrandView(brand)));
    for (const auto& [name, bytes] : surroundings.assets)
        write.put(databases_.assets, bytesOf(name), bytesOf(bytes));
}

void LinkWriter::appendAll(lmdb::WriteTransaction& write, std::span<Entry> entries) {
    write.clear(databases_.links);
    write.clear(databases_.connections);
    const LinkSpread spread = LinkSpread::forLinks(entries.size());
    const auto place = [&](const Entry& entry) {
        return std::pair(spread.bucketOf(entry.link.locator()), entry.link);
    };
    std::sort(entries.begin(), entries.end(),
              [&](const Entry& a, const Entry& b) { return place(a) < place(b); });
    std::vector<std::pair<Uuid, LinkKey>> newest;
    LinkEntries links;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        links.emplace_back(entry.link, entry.view);
        for (const Uuid& connection : entry.newestOf)
            newest.emplace_back(connection, entry.link);
        const std::uint32_t number = spread.bucketOf(entry.link.locator());
        if (i + 1 < entries.size() && spread.bucketOf(entries[i + 1].link.locator()) == number)
            continue;
        write.append(databases_.links, bucketKey(number),
                     bytesOf(encodeLinkBucket(std::exchange(links, {}))));
    }
    std::sort(newest.begin(), newest.end());
    for (const auto& [connection, link] : newest)
        write.append(databases_.connections, connection.bytes, link.bytes);
    putSpread(write, spread);
}

} // namespace grantlink
