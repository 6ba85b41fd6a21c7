// What the edge is told: written by the publisher from a vault, read back as nginx reads it.
#include "daemon/links/publisher.hpp"

#include "daemon/vault/lmdb_vault.hpp"
#include "shared/byte_order.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr const char* logoBytes = "GIF89a: these are the bytes of a logo";

std::shared_ptr<const MasterKeys> newKeys() {
    auto keys = MasterKeys::parse(generateKeyFiles().master, "master.key");
    assert_true(keys.has_value());
    return std::make_shared<const MasterKeys>(std::move(*keys));
}

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
    const ProviderConfig sandbox{
        "instagram", "app", "secret", {{"https://www.instagram.com", "http://127.0.0.1:9000"}}};
    out.providers.emplace("instagram",
                          Provider("instagram", preset(), sandbox,
                                   out.config.redirectUri("instagram")));
    return std::make_shared<const Settings>(std::move(out));
}

// A vault with one connection, and the publisher to an edge store.
class Stores {
  public:
    Stores() : keys_(newKeys()) {
        std::filesystem::create_directory(vaultPath());
        std::filesystem::create_directories(edge() + "/links");
        connection.id = Uuid::v7();
        connection.provider = "instagram";
        connection.account = "@nike";
        connection.requester = "Example Agency";
        connection.brand = "acme";
        connection.language = "pt-BR";
        connection.linkKey = keys_->current().id;
        connection.linkExpires = nowMs() + 1000;
    }

    std::string edge() const { return directory_.path() + "/edge"; }

    void open(Brands brands) {
        settings_.emplace(settingsWith(edge(), std::move(brands)));
        vault_.emplace(vaultPath(), keys_);
        const auto put = [c = connection](VaultWriter& vault) { vault.putConnection(c); };
        await(vault_->write(put));
        links_.emplace(settings_->get()->config, keys_, *settings_);
    }

    void reload(Brands brands) { settings_->replace(settingsWith(edge(), std::move(brands))); }

    void publishAll() { await(links_->publishAll(*vault_)); }

    void publish() { await(links_->publish(connection)); }

    LinkKey key() const {
        return *linkKeyOf(makeLinkToken(keys_->current(), connection.id, connection.generation));
    }

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
    std::shared_ptr<const MasterKeys> keys_;
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
    stores.publish(); // as when the link is regenerated
    assertEqual(reader.snapshot().find(stores.key())->brand, "");
    stores.reload({{"acme", acme()}});
    stores.publishAll();
    assertEqual(reader.snapshot().find(stores.key())->brand, "acme");
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
    assertThrows("has schema 1, this build reads schema 2", read, stores.edge());
    stores.open({{"acme", acme()}});
    assertThrows("is empty; start grantlinkd", read, stores.edge()); // emptied, not filled yet
    stores.publishAll();
    LinkReader reader(stores.edge());
    const auto edge = reader.snapshot();
    assertEqual(edge.find(stores.key())->brand, "acme");
    LinkKey stranger;
    stranger.bytes.fill('x');
    assert_false(edge.find(stranger).has_value());
    assert_true(edge.find(stores.connection.id).has_value());
}

void aNewerStoreIsLeftAlone(void**) {
    Stores stores;
    putSchema(stores.edge(), 3);
    assertThrows("has schema 3", write, stores.edge());
    assertThrows("has schema 3", read, stores.edge());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(brandsReachTheEdge),
                                cmocka_unit_test(switchingAccountsReachesTheEdge),
                                cmocka_unit_test(aBrandThatIsGoneLeavesNone),
                                cmocka_unit_test(anOlderStoreIsMadeAnew),
                                cmocka_unit_test(aNewerStoreIsLeftAlone)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
