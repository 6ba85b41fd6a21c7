// The store of links with entries that no codec wrote: of another version, cut, or damaged.
#include "shared/link_store.hpp"

#include "t/fuzz/hostile_store.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

constexpr fuzz::HostileStore::DatabaseKind databases[] = {
    {"links"}, {"connections"}, {"providers"}, {"brands"}, {"assets"}, {"meta"}};

// What the pages do with what they find.
void followItems(const LinkReader::Snapshot& snapshot, const std::optional<LinkView>& link) {
    if (!link)
        return;
    snapshot.brand(link->brand);
    for (const LinkItem& item : link->items)
        snapshot.provider(item.provider);
}

// Look-ups answer nothing for what cannot be read, and for names that no store can hold.
void lookUp(LinkReader& reader, fuzz::Input in) {
    const LinkReader::Snapshot snapshot = reader.snapshot();
    const Uuid connection = in.uuid();
    LinkKey key;
    std::copy(connection.bytes.begin(), connection.bytes.end(), key.bytes.begin());
    followItems(snapshot, snapshot.find(key));
    followItems(snapshot, snapshot.find(connection));
    const std::string longName(in.integer<std::uint16_t>(), 'x');
    for (const std::string_view name : {in.text(), std::string_view(longName)}) {
        const ProviderView* provider = snapshot.provider(name);
        require(provider == snapshot.provider(name), "a provider found twice is the same");
        snapshot.brand(name);
        snapshot.asset(name);
    }
}

bool readSite(LinkReader& reader) {
    try {
        reader.snapshot().site();
        return true;
    } catch (const std::runtime_error& error) {
        const bool lmdb = dynamic_cast<const lmdb::LmdbError*>(&error);
        require(!lmdb, "a site that cannot be read is no error of LMDB's");
        return false;
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::HostileStore store("links");
    const SiteView site{"https://links.example.com/approve/attempts/", true, 1800};
    LinkWriter(store.path()).replaceAll({site, {}, {}, {}}, {});
    fuzz::Input in(data, size);
    store.fill(in, databases, 20);
    try {
        LinkReader reader(store.path());
        lookUp(reader, {data, size});
        readSite(reader);
    } catch (const lmdb::LmdbError&) {
        require(false, "no entry is an error of LMDB's");
    } catch (const std::runtime_error& error) {
        require(std::string_view(error.what()).starts_with(store.path()),
                "an error names the store");
    }
    return 0;
}
