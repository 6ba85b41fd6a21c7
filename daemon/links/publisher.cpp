#include "daemon/links/publisher.hpp"

#include "daemon/links/edge_directory.hpp"
#include "shared/link_token.hpp"

#include <unistd.h>

namespace grantlink {

namespace {

// How many replaced generations an edge still explains; older links are simply unknown.
constexpr std::uint32_t keptGenerations = 16;

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
    view.itemCount = 1;
    LinkItem& item = view.items[0];
    item.connection = connection.id;
    item.connected = connection.status == ConnectionStatus::active;
    item.provider = connection.provider;
    item.account = account;
    return encodeLinkView(view);
}

ProviderView viewOf(const Provider& provider) {
    const AuthorizeStep& authorize = provider.preset().authorize;
    ProviderView view;
    view.name = provider.preset().name;
    view.authorizeUrl = provider.authorizeUrl();
    view.issuer = authorize.issuer;
    view.pkce = authorize.pkce;
    view.nonce = authorize.nonce;
    view.issExpected = authorize.issExpected;
    return view;
}

LinkWriter::Surroundings surroundingsOf(const Settings& settings) {
    const Config& config = settings.config;
    LinkWriter::Surroundings out;
    out.site = {config.attemptsUrl(), config.overHttps(),
                static_cast<std::uint32_t>(config.attemptLifetime.count())};
    for (const auto& [id, provider] : settings.providers)
        out.providers.emplace(id, viewOf(provider));
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

std::vector<LinkWriter::Entry> LinkPublisher::entriesOf(const Connection& connection,
                                                        const Settings& settings) const {
    std::vector<LinkWriter::Entry> out;
    const std::uint32_t newest = connection.generation;
    const std::uint32_t oldest = newest > keptGenerations ? newest - keptGenerations : 1;
    for (std::uint32_t generation = oldest; generation <= newest; ++generation) {
        const bool current = generation == newest;
        const LinkStatus status = current ? statusOf(connection) : LinkStatus::replaced;
        const std::string view = viewOf(connection, settings, status, generation);
        // Which key an older generation was made with is not kept: it is known under each.
        for (KeyId id = 255; id > 0; --id) {
            const MasterKey* key = keys_->find(id);
            if (!key || (current && id != connection.linkKey))
                continue;
            const auto link = linkKeyOf(makeLinkToken(*key, connection.id, generation));
            out.push_back(
                {*link, view, current ? std::optional<Uuid>(connection.id) : std::nullopt});
        }
    }
    return out;
}

boost::asio::awaitable<void> LinkPublisher::publish(Connection connection) {
    const auto write = [links = links_, entries = entriesOf(connection, *settings_.get())] {
        links->publish(entries);
    };
    try {
        co_await writer_.run(write);
    } catch (...) {
        behind_ = true; // maintenance catches up
        throw;
    }
}

boost::asio::awaitable<void> LinkPublisher::publishAll(const Vault& vault) {
    std::vector<LinkWriter::Entry> entries;
    const SettingsPtr settings = settings_.get();
    vault.read([&](const VaultReader& reader) {
        reader.eachConnection([&](const Connection& connection) {
            for (LinkWriter::Entry& entry : entriesOf(connection, *settings))
                entries.push_back(std::move(entry));
        });
    });
    behind_ = true;
    const auto write = [links = links_, surroundings = surroundingsOf(*settings),
                        entries = std::move(entries)]() mutable {
        links->replaceAll(surroundings, entries);
    };
    co_await writer_.run(write);
    behind_ = false;
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
