#include "daemon/links/edge_views.hpp"

#include "shared/link_token.hpp"

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
    view.language = connection.language;
    if (settings.config.brands.contains(connection.brand))
        view.brand = connection.brand;
    LinkItem& item = view.items.emplace_back();
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
    view.pkce = preset.authorize.pkce != Pkce::unsupported;
    view.nonce = preset.authorize.nonce;
    view.pushed = preset.push.has_value();
    view.issExpected = preset.authorize.issExpected;
    if (preset.switchAccount) {
        view.switchUrl = preset.switchAccount->url;
        for (const auto& [language, text] : preset.switchAccount->hints)
            view.switchHints.push_back({language, text});
    }
    return view;
}

} // namespace

std::vector<LinkWriter::Entry> entriesOf(const Connection& connection, const Settings& settings,
                                         const MasterKeys& keys) {
    std::vector<LinkWriter::Entry> out;
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
    return out;
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

} // namespace grantlink
