#include "shared/link_store.hpp"

#include "shared/byte_order.hpp"

namespace grantlink {

namespace {

constexpr std::uint32_t schema = 1;
constexpr std::size_t mapSize = std::size_t{16} << 30; // ten million links take about 6 GiB
constexpr mode_t fileMode = 0640;                      // nginx's group reads

std::string directoryOf(const std::string& edgeStore) {
    return edgeStore + "/links";
}

Bytes schemaKey() {
    return bytesOf("schema");
}

void requireSchema(std::optional<Bytes> found, const std::string& directory) {
    if (!found)
        throw std::runtime_error(directory + ": is empty; start grantlinkd, which fills it");
    RecordReader in(*found);
    const auto number = in.integer<std::uint32_t>();
    if (number != schema)
        throw std::runtime_error(directory + ": has schema " + std::to_string(number) +
                                 ", this build reads schema " + std::to_string(schema) +
                                 "; install nginx module and grantlinkd of one version");
}

lmdb::Database openExisting(lmdb::ReadTransaction& read, const char* name,
                            const std::string& directory) {
    const auto database = read.open(name);
    if (!database)
        throw std::runtime_error(directory + ": is empty; start grantlinkd, which fills it");
    return *database;
}

} // namespace

LinkReader::LinkReader(const std::string& edgeStore)
    : env_(directoryOf(edgeStore), {.readOnly = true}), read_(env_) {
    {
        read_.reset(); // one transaction at a time while databases are opened
        lmdb::ReadTransaction setup(env_);
        const auto meta = openExisting(setup, "meta", env_.directory());
        requireSchema(setup.get(meta, schemaKey()), env_.directory());
        links_ = openExisting(setup, "links", env_.directory());
        connections_ = openExisting(setup, "connections", env_.directory());
        setup.commit();
    }
}

std::optional<LinkView> LinkReader::Snapshot::find(const LinkKey& link) const {
    const auto record = reader_.read_.get(reader_.links_, link.bytes);
    return record ? parseLinkView(*record) : std::nullopt;
}

std::optional<LinkView> LinkReader::Snapshot::find(const Uuid& connection) const {
    const auto key = reader_.read_.get(reader_.connections_, connection.bytes);
    LinkKey link;
    if (!key || key->size() != link.bytes.size())
        return std::nullopt;
    std::copy(key->begin(), key->end(), link.bytes.begin());
    return find(link);
}

LinkWriter::LinkWriter(const std::string& edgeStore)
    : env_(directoryOf(edgeStore), {.mapSize = mapSize, .mode = fileMode}) {
    lmdb::WriteTransaction write(env_);
    links_ = write.open("links");
    connections_ = write.open("connections");
    const auto meta = write.open("meta");
    if (const auto found = write.get(meta, schemaKey()))
        requireSchema(found, env_.directory());
    std::uint8_t number[4];
    storeLittleEndian(number, schema);
    write.put(meta, schemaKey(), number);
    write.commit();
}

void LinkWriter::publish(std::span<const Entry> entries) {
    lmdb::WriteTransaction write(env_);
    putAll(write, entries);
    write.commit();
}

void LinkWriter::replaceAll(std::span<const Entry> entries) {
    lmdb::WriteTransaction write(env_);
    write.clear(links_);
    write.clear(connections_);
    putAll(write, entries);
    write.commit();
}

void LinkWriter::putAll(lmdb::WriteTransaction& write, std::span<const Entry> entries) {
    for (const Entry& entry : entries) {
        write.put(links_, entry.link.bytes, bytesOf(entry.view));
        if (entry.newestOf)
            write.put(connections_, entry.newestOf->bytes, entry.link.bytes);
    }
}

} // namespace grantlink
