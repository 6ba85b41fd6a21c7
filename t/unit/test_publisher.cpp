// What the edge is told: written by the publisher from a vault, read back as nginx reads it.
#include "daemon/links/publisher.hpp"

#include "daemon/links/edge_views.hpp"
#include "daemon/vault/lmdb_vault.hpp"
#include "shared/byte_order.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"
#include "t/unit/vault_change.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr const char* logoBytes = "GIF89a: these are the bytes of a logo";

Brand acme() {
    return {"Acme & Sons", "1f5f4a", Logo{logoBytes, assetName(logoBytes, "gif")}};
}

Preset preset() {
    Preset out;
    out.name = "Instagram";
    out.authorize.url = "https://www.instagram.com/oauth/authorize";
    out.switchAccount =
        SwitchAccount{"https://www.instagram.com/", {{"en", "Switch."}, {"de", "Wechseln."}}};
    return out;
}

SettingsPtr settingsWith(const std::string& edgeStore, Brands brands) {
    Settings out;
    out.config.publicUrl = "https://links.example.com";
    out.config.edgeStore = edgeStore;
    out.config.brands = std::move(brands);
    ProviderConfig sandbox;
    sandbox.clientId = "app";
    sandbox.clientSecret = "secret";
    sandbox.origins = {{"https://www.instagram.com", "http://127.0.0.1:9000"}};
    out.providers.emplace(
        "instagram", Provider("instagram", preset(), sandbox, out.config.redirectUri("instagram")));
    return std::make_shared<const Settings>(std::move(out));
}

// A vault with one connection, and the publisher to an edge store.
class Stores {
  public:
    Stores() : keys_(test::newMasterKeys()) {
        std::filesystem::create_directory(vaultPath());
        std::filesystem::create_directories(edge() + "/links");
        connection = newConnection();
    }

    Connection newConnection() const {
        Connection out;
        out.id = Uuid::v7();
        out.provider = "instagram";
        out.account = "@nike";
        out.requester = "Example Agency";
        out.brand = "acme";
        out.language = "pt-BR";
        out.linkKey = keys_->get()->current().id;
        out.linkExpires = nowMs() + 1000;
        return out;
    }

    std::string edge() const { return directory_.path() + "/edge"; }

    void open(Brands brands) {
        settings_.emplace(settingsWith(edge(), std::move(brands)));
        vault_.emplace(vaultPath(), keys_);
        put({connection});
        links_.emplace(settings_->get()->config, keys_, *settings_);
    }

    void reload(Brands brands) { settings_->replace(settingsWith(edge(), std::move(brands))); }

    void publishAll() { await(links_->publishAll(*vault_)); }

    void publish(const Connection& one) { await(links_->publish(*vault_, one.id)); }

    // Of a connection that the vault does not have.
    void tellOf(const Connection& one) const {
        LinkWriter(edge()).publish(entriesOf({one}, *settings_->get(), *keys_->get()));
    }

    void put(const std::vector<Connection>& some) {
        const auto putAll = [some](VaultWriter& vault) {
            for (const Connection& one : some)
                vault.putConnection(one);
        };
        await(vault_->write(putAll));
    }

    LinkKey key(const Connection& of) const {
        return *linkKeyOf(makeLinkToken(keys_->get()->current(), of.linkId(), of.generation));
    }

    LinkKey key() const { return key(connection); }

    Connection connection;

  private:
    std::string vaultPath() const { return directory_.path() + "/vault"; }

    void await(boost::asio::awaitable<void> work) {
        boost::asio::io_context loop;
        boost::asio::co_spawn(loop, std::move(work), [](std::exception_ptr error) {
            if (error)
                std::rethrow_exception(error);
        });
        loop.run();
    }

    test::TemporaryDirectory directory_;
    std::shared_ptr<const MasterKeyring> keys_;
    std::optional<CurrentSettings> settings_;
    std::optional<LmdbVault> vault_;
    std::optional<LinkPublisher> links_;
};

void brandsReachTheEdge(void**) {
    Stores stores;
    stores.open({{"acme", acme()}, {"plain", {"Plain", "", std::nullopt}}});
    stores.publishAll();
    LinkReader reader(stores.edge());
    const auto edge = reader.snapshot();
    const auto link = edge.find(stores.key());
    assert_true(link.has_value());
    assertEqual(link->brand, "acme");
    assertEqual(link->language, "pt-BR");
    assertEqual(link->requester, "Example Agency");
    const BrandView* brand = edge.brand(link->brand);
    assert_non_null(brand);
    assertEqual(brand->name, "Acme & Sons");
    assertEqual(brand->colour, "1f5f4a");
    assertEqual(brand->logo, assetName(logoBytes, "gif"));
    const auto logo = edge.asset(brand->logo);
    assert_true(logo.has_value());
    assertEqual(textOf(*logo), logoBytes);
    const BrandView* plain = edge.brand("plain");
    assert_true(plain && plain->colour.empty() && plain->logo.empty());
}

void switchingAccountsReachesTheEdge(void**) {
    Stores stores;
    stores.open({});
    stores.publishAll();
    LinkReader reader(stores.edge());
    const auto edge = reader.snapshot();
    const ProviderView* provider = edge.provider("instagram");
    assert_non_null(provider);
    assertEqual(provider->name, "Instagram");
    assertEqual(provider->switchUrl, "http://127.0.0.1:9000/"); // by `origins`
    assert_int_equal(provider->switchHints.size(), 2);
    assertEqual(provider->switchHints[0].language, "de");
    assertEqual(provider->switchHints[0].text, "Wechseln.");
    assertEqual(provider->switchHints[1].language, "en");
}

void aBrandThatIsGoneLeavesNone(void**) {
    Stores stores;
    stores.open({{"acme", acme()}});
    stores.publishAll();
    LinkReader reader(stores.edge());
    assertEqual(reader.snapshot().find(stores.key())->brand, "acme");
    stores.reload({});
    stores.publishAll();
    {
        const auto edge = reader.snapshot();
        assertEqual(edge.find(stores.key())->brand, "");
        assert_null(edge.brand("acme"));
        assert_false(edge.asset(assetName(logoBytes, "gif")).has_value());
    }
    stores.publish(stores.connection); // as when the link is regenerated
    assertEqual(reader.snapshot().find(stores.key())->brand, "");
    stores.reload({{"acme", acme()}});
    stores.publishAll();
    assertEqual(reader.snapshot().find(stores.key())->brand, "acme");
}

void allAreUpdated(void**) {
    Stores stores;
    stores.open({{"acme", acme()}});
    std::vector<Connection> many; // more than the publisher looks at in one step
    for (int i = 0; i < 2500; ++i)
        many.push_back(stores.newConnection());
    stores.put(many);
    stores.publishAll(); // all at once, into an empty store
    const Connection before = many[1700];
    many[1700].generation = 2;
    many[1700].status = ConnectionStatus::revoked;
    many.push_back(stores.newConnection());
    stores.put({many[1700], many.back()}); // and the edge was not told
    stores.reload({});
    stores.publishAll(); // what differs
    LinkReader reader(stores.edge());
    const auto edge = reader.snapshot();
    for (const Connection& one : many) {
        const auto link = edge.find(stores.key(one));
        assert_true(link.has_value() && link->brand.empty());
        assert_true(link->find(one.id) != nullptr);
        assert_int_equal(edge.find(one.id)->generation, one.generation);
    }
    assert_true(edge.find(stores.key(before))->status == LinkStatus::replaced);
    assert_true(edge.find(stores.key(many[1700]))->status == LinkStatus::cancelled);
}

void whatTheVaultDoesNotKnowGoes(void**) {
    Stores stores;
    stores.open({{"acme", acme()}});
    stores.publishAll();
    const Connection stranger = stores.newConnection(); // the vault came from an older backup
    stores.tellOf(stranger);
    LinkReader reader(stores.edge());
    assert_true(reader.snapshot().find(stores.key(stranger)).has_value());
    stores.publishAll();
    const auto edge = reader.snapshot();
    assert_true(edge.find(stores.key()).has_value());
    assert_false(edge.find(stores.key(stranger)).has_value());
    assert_false(edge.find(stranger.id).has_value());
}

// After a master key was taken away, whole steps of the walk have no link.
void connectionsWithoutLinksAreNotTheEnd(void**) {
    Stores stores;
    stores.open({{"acme", acme()}});
    stores.publishAll();
    std::vector<Connection> many;
    for (int i = 0; i < 2500; ++i) {
        many.push_back(stores.newConnection());
        many.back().linkKey = 200;
    }
    many.push_back(stores.newConnection());
    stores.put(many);
    stores.publishAll();
    LinkReader reader(stores.edge());
    const auto edge = reader.snapshot();
    assert_true(edge.find(stores.key()).has_value());
    assert_true(edge.find(stores.key(many.back())).has_value());
    assert_false(edge.find(stores.key(many.front())).has_value());
}

void putSchema(const std::string& edgeStore, std::uint32_t number) {
    const lmdb::Environment env(edgeStore + "/links", {.mapSize = 1 << 20});
    lmdb::WriteTransaction write(env);
    std::uint8_t schema[4];
    storeLittleEndian(schema, number);
    write.put(write.open("meta"), bytesOf("schema"), schema);
    const std::string stranger(16, 'x');
    write.put(write.open("links"), bytesOf(stranger), bytesOf("\1 a link view of another schema"));
    write.open("connections");
    write.commit();
}

void assertThrows(const std::string& part, void (*act)(const std::string&),
                  const std::string& edgeStore) {
    std::string message;
    try {
        act(edgeStore);
    } catch (const std::exception& error) {
        message = error.what();
    }
    if (message.find(part) == std::string::npos)
        print_error("\"%s\" is not in \"%s\"\n", part.c_str(), message.c_str());
    assert_true(message.find(part) != std::string::npos);
}

void read(const std::string& edgeStore) {
    LinkReader reader(edgeStore);
}

void write(const std::string& edgeStore) {
    LinkWriter writer(edgeStore);
}

void anOlderStoreIsMadeAnew(void**) {
    Stores stores;
    putSchema(stores.edge(), 1);
    assertThrows("has schema 1, this build reads schema 5", read, stores.edge());
    stores.open({{"acme", acme()}});
    assertThrows("has schema 1", read, stores.edge()); // as it was, until all of it is there
    stores.publishAll();
    LinkReader reader(stores.edge());
    const auto edge = reader.snapshot();
    assertEqual(edge.find(stores.key())->brand, "acme");
    LinkKey stranger;
    stranger.bytes.fill('x');
    assert_false(edge.find(stranger).has_value());
    assert_true(edge.find(stores.connection.id).has_value());
}

// nginx of one version beside grantlinkd of the next: records are not read for what they are not.
void aReaderNoticesAnotherSchema(void**) {
    Stores stores;
    stores.open({});
    stores.publishAll();
    LinkReader reader(stores.edge());
    assert_true(reader.snapshot().find(stores.key()).has_value());
    putSchema(stores.edge(), 6);
    std::string message;
    try {
        reader.snapshot();
    } catch (const std::runtime_error& error) {
        message = error.what();
    }
    assert_true(message.find("has schema 6, this build reads schema 5") != std::string::npos);
}

void aNewerStoreIsLeftAlone(void**) {
    Stores stores;
    putSchema(stores.edge(), 6);
    assertThrows("has schema 6", write, stores.edge());
    assertThrows("has schema 6", read, stores.edge());
}

void aSharedLinkIsOne(void**) {
    Stores stores;
    stores.open({});
    std::vector<Connection> sharers{stores.newConnection(), stores.newConnection()};
    const Uuid linkId = Uuid::v7();
    for (Connection& one : sharers) {
        one.together = {sharers[0].id, sharers[1].id};
        one.sharedLink = linkId;
        one.message = "Hello";
    }
    sharers[1].status = ConnectionStatus::active;
    sharers[0].lastOutcome = Outcome::declined;
    sharers[0].lastOutcomeAt = nowMs();
    stores.put(sharers);
    stores.publishAll(); // into an empty store
    LinkReader reader(stores.edge());
    const LinkKey key = stores.key(sharers[0]);
    {
        const auto edge = reader.snapshot();
        const auto link = edge.find(key);
        assert_true(link.has_value());
        assert_int_equal(link->items.size(), 2);
        assertEqual(link->message, "Hello");
        assert_true(link->items[0].connection == sharers[0].id);
        assert_true(link->items[0].lastOutcome == Outcome::declined);
        assert_true(!link->items[0].connected && link->items[1].connected);
        for (const Connection& one : sharers)
            assert_true(edge.newestOf(one.id) == key);
    }
    sharers[0].status = ConnectionStatus::revoked;
    stores.put({sharers[0]});
    stores.publish(sharers[1]); // any of them
    {
        const auto edge = reader.snapshot();
        const auto link = edge.find(key);
        assert_true(link->items[0].withdrawn && link->status == LinkStatus::live);
    }
    sharers[1].status = ConnectionStatus::revoked;
    stores.put({sharers[1]});
    stores.publishAll(); // what differs: the count of links is right
    assert_true(reader.snapshot().find(key)->status == LinkStatus::cancelled);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(brandsReachTheEdge),
                                cmocka_unit_test(switchingAccountsReachesTheEdge),
                                cmocka_unit_test(aBrandThatIsGoneLeavesNone),
                                cmocka_unit_test(allAreUpdated),
                                cmocka_unit_test(whatTheVaultDoesNotKnowGoes),
                                cmocka_unit_test(connectionsWithoutLinksAreNotTheEnd),
                                cmocka_unit_test(anOlderStoreIsMadeAnew),
                                cmocka_unit_test(aReaderNoticesAnotherSchema),
                                cmocka_unit_test(aNewerStoreIsLeftAlone),
                                cmocka_unit_test(aSharedLinkIsOne)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
