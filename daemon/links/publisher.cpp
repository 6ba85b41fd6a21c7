#include "daemon/links/publisher.hpp"

#include "daemon/links/edge_directory.hpp"
#include "shared/link_token.hpp"

#include <spdlog/spdlog.h>

#include <unistd.h>

#include <map>

namespace grantlink {

namespace {

// How many replaced generations an edge still explains; older links are simply unknown.
constexpr std::uint32_t keptGenerations = 16;

using Entries = std::vector<LinkWriter::Entry>;

LinkStatus statusOf(const Connection& connection) {
    return connection.status == ConnectionStatus::revoked ? LinkStatus::cancelled
                                                          : LinkStatus::live;
}

std::string viewOf(const Connection& connection, const Settings& settings, LinkStatus status,
                   std::uint32_t generation) {
    const Provider* provider = settings.provider(connection.provider);
    const std::string account = provider ? provider->display(connection.account) : "";
    LinkView view;
    // A link whose provider is no longer configured leads nowhere.
    view.status = provider ? status : LinkStatus::cancelled;
    view.generation = generation;
    view.expires = connection.linkExpires;
    view.requester = connection.requester;
    view.language = connection.language;
    if (settings.config.brands.contains(connection.brand))
        view.brand = connection.brand;
    view.itemCount = 1;
    LinkItem& item = view.items[0];
    item.connection = connection.id;
    item.connected = connection.status == ConnectionStatus::active;
    item.provider = connection.provider;
    item.account = account;
    return encodeLinkView(view);
}

ProviderView viewOf(const Provider& provider) {
    const Preset& preset = provider.preset();
    ProviderView view;
    view.name = preset.name;
    view.authorizeUrl = provider.authorizeUrl();
    view.issuer = preset.authorize.issuer;
    view.pkce = preset.authorize.pkce;
    view.nonce = preset.authorize.nonce;
    view.issExpected = preset.authorize.issExpected;
    if (preset.switchAccount) {
        view.switchUrl = preset.switchAccount->url;
        for (const auto& [language, text] : preset.switchAccount->hints)
            view.switchHints.push_back({language, text});
    }
    return view;
}

LinkWriter::Surroundings surroundingsOf(const Settings& settings) {
    const Config& config = settings.config;
    LinkWriter::Surroundings out;
    out.site = {config.attemptsUrl(), config.overHttps(),
                static_cast<std::uint32_t>(config.attemptLifetime.count())};
    for (const auto& [id, provider] : settings.providers)
        out.providers.emplace(id, viewOf(provider));
    for (const auto& [id, brand] : config.brands) {
        out.brands[id] = {brand.name, brand.colour, brand.logo ? brand.logo->asset : ""};
        if (brand.logo)
            out.assets[brand.logo->asset] = brand.logo->bytes;
    }
    return out;
}

void addEntries(Entries& out, const Connection& connection, const Settings& settings,
                const MasterKeys& keys) {
    const std::uint32_t newest = connection.generation;
    const std::uint32_t oldest = newest > keptGenerations ? newest - keptGenerations : 1;
    for (std::uint32_t generation = oldest; generation <= newest; ++generation) {
        const bool current = generation == newest;
        const LinkStatus status = current ? statusOf(connection) : LinkStatus::replaced;
        const std::string view = viewOf(connection, settings, status, generation);
        // Which key an older generation was made with is not kept: it is known under each.
        for (KeyId id = 255; id > 0; --id) {
            const MasterKey* key = keys.find(id);
            if (!key || (current && id != connection.linkKey))
                continue;
            const auto link = linkKeyOf(makeLinkToken(*key, connection.id, generation));
            out.push_back(
                {*link, view, current ? std::optional<Uuid>(connection.id) : std::nullopt});
        }
    }
}

// Brands that connections name and the configuration does not have, with how many do.
using MissingBrands = std::map<std::string, std::size_t>;

void report(const MissingBrands& missing) {
    for (const auto& [id, connections] : missing)
        spdlog::warn("there is no [brands.{}] in the configuration; connections that were asked "
                     "for with it ({}) show no brand",
                     id, connections);
}

Entries entriesOfAll(const Vault& vault, const Settings& settings, const MasterKeys& keys,
                     MissingBrands& missing) {
    Entries out;
    vault.read([&](const VaultReader& reader) {
        reader.eachConnection([&](const Connection& connection) {
            addEntries(out, connection, settings, keys);
            if (!connection.brand.empty() && !settings.config.brands.contains(connection.brand))
                ++missing[connection.brand];
        });
    });
    return out;
}

} // namespace

LinkPublisher::LinkPublisher(const Config& config, std::shared_ptr<const MasterKeys> keys,
                             const CurrentSettings& settings)
    : keys_(std::move(keys)), settings_(settings), edgeStore_(config.edgeStore),
      edgeGroup_(config.edgeGroup), links_(std::make_shared<LinkWriter>(config.edgeStore)) {}

std::string LinkPublisher::linkOf(const Connection& connection) const {
    const MasterKey* key = keys_->find(connection.linkKey);
    if (!key)
        throw std::runtime_error("master.key no longer has key " +
                                 std::to_string(connection.linkKey) +
                                 ", which this link was made with; regenerate the link");
    return settings_.get()->config.approveUrl() +
           makeLinkToken(*key, connection.id, connection.generation);
}

boost::asio::awaitable<void> LinkPublisher::publish(Connection connection) {
    Entries entries;
    addEntries(entries, connection, *settings_.get(), *keys_);
    const auto write = [links = links_, entries = std::move(entries)] { links->publish(entries); };
    try {
        co_await writer_.run(write);
    } catch (...) {
        behind_ = true; // maintenance catches up
        throw;
    }
}

boost::asio::awaitable<void> LinkPublisher::publishAll(const Vault& vault) {
    const auto write = [links = links_, settings = settings_.get(), keys = keys_, &vault] {
        MissingBrands missing;
        Entries entries = entriesOfAll(vault, *settings, *keys, missing);
        links->replaceAll(surroundingsOf(*settings), entries);
        return missing;
    };
    try {
        report(co_await writer_.run(write));
        behind_ = false;
    } catch (...) {
        behind_ = true;
        throw;
    }
}

void LinkPublisher::reopenIfLost() {
    if (links_->isCurrent())
        return;
    behind_ = true;
    makeEdgeDirectories(edgeStore_, edgeGroup_);
    // Without its data file the lock file is of no use, and two environments must not share one.
    ::unlink((edgeStore_ + "/links/lock.mdb").c_str());
    auto fresh = std::make_shared<LinkWriter>(edgeStore_);
    shareEdgeFiles(edgeStore_, edgeGroup_);
    links_ = std::move(fresh);
}

} // namespace grantlink
