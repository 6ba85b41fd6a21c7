#include "daemon/links/edge_views.hpp"

#include "shared/link_token.hpp"

#include <algorithm>

namespace grantlink {

namespace {

// How many replaced generations an edge still explains; older links are simply unknown.
constexpr std::uint32_t keptGenerations = 16;

// An item whose provider is no longer configured leads nowhere.
bool isWithdrawn(const Connection& connection, const Settings& settings) {
    return connection.status == ConnectionStatus::revoked ||
           !settings.provider(connection.provider);
}

std::string accountOf(const Connection& connection, const Settings& settings) {
    const Provider* provider = settings.provider(connection.provider);
    return provider ? provider->display(connection.account) : "";
}

// How the newest attempt with the link as it is now has ended, if there was one.
std::optional<Outcome> outcomeOf(const Connection& connection) {
    return connection.lastOutcomeAt >= connection.linkMade ? connection.lastOutcome : std::nullopt;
}

LinkStatus statusOf(const std::vector<Connection>& sharers, const Settings& settings,
                    bool current) {
    const auto isConfigured = [&](const Connection& c) { return settings.provider(c.provider); };
    const auto isAsked = [&](const Connection& c) { return !isWithdrawn(c, settings); };
    if (!std::any_of(sharers.begin(), sharers.end(), isConfigured))
        return LinkStatus::cancelled;
    if (!current)
        return LinkStatus::replaced;
    return std::any_of(sharers.begin(), sharers.end(), isAsked) ? LinkStatus::live
                                                                : LinkStatus::cancelled;
}

std::string viewOf(const std::vector<Connection>& sharers, const Settings& settings,
                   LinkStatus status, std::uint32_t generation) {
    const Connection& any = sharers.front();
    LinkView view;
    view.status = status;
    view.generation = generation;
    view.expires = any.linkExpires;
    view.requester = any.requester;
    view.language = any.language;
    view.message = any.message;
    if (settings.config.brands.contains(any.brand))
        view.brand = any.brand;
    std::vector<std::string> accounts; // that the items point at
    accounts.reserve(sharers.size());
    for (const Connection& connection : sharers) {
        LinkItem& item = view.items.emplace_back();
        item.connection = connection.id;
        item.connected = connection.status == ConnectionStatus::active;
        item.withdrawn = isWithdrawn(connection, settings);
        item.provider = connection.provider;
        item.account = accounts.emplace_back(accountOf(connection, settings));
        if (sharers.size() > 1) // the page of a single account does not show it
            item.lastOutcome = outcomeOf(connection);
    }
    return encodeLinkView(view);
}

std::vector<Uuid> idsOf(const std::vector<Connection>& sharers) {
    std::vector<Uuid> out;
    for (const Connection& connection : sharers)
        out.push_back(connection.id);
    return out;
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

std::vector<LinkWriter::Entry> entriesOf(const std::vector<Connection>& sharers,
                                         const Settings& settings, const MasterKeys& keys) {
    std::vector<LinkWriter::Entry> out;
    const Connection& any = sharers.front();
    const std::uint32_t newest = any.generation;
    const std::uint32_t oldest = newest > keptGenerations ? newest - keptGenerations : 1;
    for (std::uint32_t generation = oldest; generation <= newest; ++generation) {
        const bool current = generation == newest;
        const LinkStatus status = statusOf(sharers, settings, current);
        const std::string view = viewOf(sharers, settings, status, generation);
        // Which key an older generation was made with is not kept: it is known under each.
        for (KeyId id = 255; id > 0; --id) {
            const MasterKey* key = keys.find(id);
            if (!key || (current && id != any.linkKey))
                continue;
            const auto link = linkKeyOf(makeLinkToken(*key, any.linkId(), generation));
            out.push_back({*link, view, current ? idsOf(sharers) : std::vector<Uuid>()});
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
