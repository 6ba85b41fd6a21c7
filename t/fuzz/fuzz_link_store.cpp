// The store of links with entries that no codec wrote: of another version, cut, or damaged.
#include "shared/link_store.hpp"

#include "t/fuzz/hostile_store.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

constexpr fuzz::HostileStore::DatabaseKind databases[] = {
    {"links"}, {"connections"}, {"providers"}, {"brands"}, {"assets"}, {"meta"}};

struct Asked {
    Uuid connection; // and, with zeros behind it, a link's key
    std::string_view name;
    std::uint16_t longName; // bytes
};

// What the pages do with what they find.
void followItems(const LinkReader::Snapshot& snapshot, const std::optional<LinkView>& link) {
    if (!link)
        return;
    snapshot.brand(link->brand);
    for (const LinkItem& item : link->items)
        snapshot.provider(item.provider);
}

// Look-ups answer nothing for what cannot be read, and for names that no store can hold.
void lookUp(LinkReader& reader, const Asked& asked) {
    const LinkReader::Snapshot snapshot = reader.snapshot();
    LinkKey key;
    std::copy(asked.connection.bytes.begin(), asked.connection.bytes.end(), key.bytes.begin());
    for (int time = 1; time <= 2; ++time) { // where its bucket lies is remembered
        reader.prefetchSlot(key.locator());
        reader.prefetchEntry(key.locator());
        followItems(snapshot, snapshot.find(key));
    }
    followItems(snapshot, snapshot.find(asked.connection));
    const std::string longName(asked.longName, 'x');
    for (const std::string_view name : {asked.name, std::string_view(longName)}) {
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
    const Asked asked{in.uuid(), in.text(), in.integer<std::uint16_t>()};
    store.fill(in, databases, 20);
    try {
        LinkReader reader(store.path());
        lookUp(reader, asked);
        readSite(reader);
    } catch (const lmdb::LmdbError&) {
        require(false, "no entry is an error of LMDB's");
    } catch (const std::runtime_error& error) {
        require(std::string_view(error.what()).starts_with(store.path()),
                "an error names the store");
    }
    return 0;
}
