#include "daemon/providers/provider.hpp"

#include "daemon/net/url.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/names.hpp"
#include "daemon/text/origin.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

namespace grantlink {

namespace {

void replaceOrigin(std::string& url, const std::map<std::string, std::string>& origins) {
    const std::string_view origin = originOf(url);
    if (const auto other = origins.find(std::string(origin)); other != origins.end())
        url.replace(0, origin.size(), other->second);
}

// Every URL of a preset that is asked or shown.
std::vector<std::string*> urlsOf(Preset& preset) {
    std::vector<std::string*> out{&preset.authorize.url, &preset.authorize.issuer,
                                  &preset.token.request.url, &preset.identity.request.url};
    if (preset.push)
        out.push_back(&preset.push->request.url);
    if (preset.upgrade)
        out.push_back(&preset.upgrade->request.url);
    if (preset.refresh)
        out.push_back(&preset.refresh->request.url);
    if (preset.revoke)
        out.push_back(&preset.revoke->request.url);
    if (preset.idToken) {
        out.push_back(&preset.idToken->issuer);
        out.push_back(&preset.idToken->jwksUrl);
    }
    if (preset.feed)
        out.push_back(&preset.feed->request.url);
    if (preset.switchAccount)
        out.push_back(&preset.switchAccount->url);
    return out;
}

void fillTenant(std::string& url, const std::string& tenant) {
    constexpr std::string_view name = "{tenant}";
    for (std::size_t at; (at = url.find(name)) != std::string::npos;)
        url.replace(at, name.size(), tenant);
}

// How to authenticate at a provider that offers these methods (none: it does not say), with the
// credentials that there are. Nothing: it cannot be done.
std::optional<ClientAuth> authAmong(const std::vector<std::string>& methods, ClientAuth wanted,
                                    const ProviderConfig& config) {
    const std::pair<const char*, ClientAuth> known[] = {
        {"private_key_jwt", ClientAuth::privateKeyJwt},
        {"client_secret_basic", ClientAuth::clientSecretBasic},
        {"client_secret_post", ClientAuth::clientSecretPost},
        {"none", ClientAuth::none}};
    std::vector<ClientAuth> possible;
    for (const auto& [name, how] : known) {
        const bool offered =
            methods.empty() || std::find(methods.begin(), methods.end(), name) != methods.end();
        const bool able = how == ClientAuth::privateKeyJwt ? !config.clientKey.empty()
                          : how == ClientAuth::none
                              ? config.clientKey.empty() && config.clientSecret.empty()
                              : !config.clientSecret.empty();
        if (offered && able)
            possible.push_back(how);
    }
    if (std::find(possible.begin(), possible.end(), wanted) != possible.end())
        return wanted;
    return possible.empty() ? std::nullopt : std::optional(possible.front());
}

// Each request of the client's own authenticates as its issuer wants it; false: one cannot.
bool authenticateAs(Preset& preset, const std::vector<std::string>& methods,
                    const ProviderConfig& config) {
    bool able = true;
    for (RequestTemplate* request :
         {&preset.token.request, preset.refresh ? &preset.refresh->request : nullptr,
          preset.revoke ? &preset.revoke->request : nullptr,
          preset.push ? &preset.push->request : nullptr}) {
        if (!request || !request->clientAuth)
            continue;
        const auto how = authAmong(methods, *request->clientAuth, config);
        able = able && how;
        request->clientAuth = how.value_or(*request->clientAuth);
    }
    return able;
}

void settlePkce(Preset& preset, const ProviderMetadata& metadata) {
    if (preset.authorize.pkce == Pkce::ifSupported)
        preset.authorize.pkce = metadata.takesPkce() ? Pkce::required : Pkce::unsupported;
}

void fillIn(std::string& url, const std::string& discovered) {
    if (url.empty())
        url = discovered;
}

// Puts what the issuer says where the preset says nothing.
void complete(Preset& preset, const ProviderMetadata& metadata) {
    fillIn(preset.authorize.url, metadata.authorizationEndpoint);
    fillIn(preset.token.request.url, metadata.tokenEndpoint);
    if (!preset.push && metadata.mustPush)
        preset.push = standardPush(preset);
    if (preset.push)
        fillIn(preset.push->request.url, metadata.pushEndpoint);
    // Not every provider has one. One that requires it and does not say where is not ready().
    if (preset.push && preset.push->request.url.empty() && !metadata.mustPush)
        preset.push.reset();
    if (preset.identity.from == IdentityFrom::request)
        fillIn(preset.identity.request.url, metadata.userinfoEndpoint);
    if (preset.refresh)
        fillIn(preset.refresh->request.url, metadata.tokenEndpoint);
    if (preset.revoke) // not every provider has one
        fillIn(preset.revoke->request.url, metadata.revocationEndpoint);
    if (preset.revoke && preset.revoke->request.url.empty())
        preset.revoke.reset();
    if (preset.idToken)
        fillIn(preset.idToken->jwksUrl, metadata.jwksUri);
    preset.authorize.issExpected = preset.authorize.issExpected || metadata.issExpected;
    settlePkce(preset, metadata);
}

// What the preset's requests need to authenticate the client, and is not there.
std::string credentialFault(const Preset& preset, const ProviderConfig& config) {
    if (preset.discovery && !config.clientKey.empty())
        return ""; // the issuer says which of them it takes
    for (const RequestTemplate* request : requestsOf(preset)) {
        const ClientAuth how = request->clientAuth.value_or(ClientAuth::none);
        if (how == ClientAuth::privateKeyJwt && config.clientKey.empty())
            return "client_key_file is missing; this provider authenticates its clients by their "
                   "key";
        if (how != ClientAuth::none && how != ClientAuth::privateKeyJwt &&
            config.clientSecret.empty())
            return "client_secret or client_secret_file is missing; this provider authenticates "
                   "its clients";
    }
    return "";
}

bool isHostOrLabel(const std::string& text, bool host) {
    const std::string_view known = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const bool characters =
        text.find_first_not_of(std::string(known) + (host ? "." : "")) == std::string::npos;
    return !text.empty() && text.size() <= 253 && characters && text.front() != '.' &&
           text.find("..") == std::string::npos;
}

// What is wrong with the tenant of an installation; "" when nothing is.
std::string tenantFault(const Preset& preset, const std::string& tenant) {
    if (!preset.tenant)
        return tenant.empty() ? "" : "this preset has no tenants";
    const std::string& used = tenant.empty() ? preset.tenant->standard : tenant;
    if (used.empty())
        return "is missing; it is a part of the provider's URLs, such as \"" +
               preset.tenant->example + "\"";
    if (!isHostOrLabel(used, preset.tenant->isHost))
        return preset.tenant->isHost
                   ? "must be a host name in lower case, such as \"" + preset.tenant->example + "\""
                   : "must be one label of a host name in lower case, such as \"" +
                         preset.tenant->example + "\"";
    return "";
}

} // namespace

Provider::Provider(std::string id, Preset preset, const ProviderConfig& config,
                   std::string redirectUri, const MetadataByIssuer& metadata)
    : id_(std::move(id)), preset_(std::move(preset)), clientId_(config.clientId),
      clientSecret_(config.clientSecret), clientKey_(config.clientKey),
      redirectUri_(std::move(redirectUri)), tenant_(config.tenant),
      trusted_(config.trustedOrigins) {
    if (preset_.tenant && tenant_.empty())
        tenant_ = preset_.tenant->standard;
    for (std::string* url : urlsOf(preset_)) {
        fillTenant(*url, tenant_);
        replaceOrigin(*url, config.origins);
    }
    origins_ = config.origins;
    for (const auto& [from, to] : config.origins)
        trusted_.push_back(to);
    if (!config.issuer.empty())
        preset_.authorize.issuer = config.issuer;
    if (preset_.discovery && preset_.idToken && preset_.idToken->issuer.empty())
        preset_.idToken->issuer = preset_.authorize.issuer;
    const auto known = metadata.find(preset_.authorize.issuer);
    if (!preset_.discovery || known == metadata.end())
        return;
    complete(preset_, known->second);
    if (!authenticateAs(preset_, known->second.tokenAuthMethods, config))
        fault_ = "its issuer takes no client authentication that there are credentials for (" +
                 joined(known->second.tokenAuthMethods, ", ") + ")";
}

bool Provider::ready() const {
    const bool asks = preset_.identity.from == IdentityFrom::request;
    return fault_.empty() && !preset_.authorize.url.empty() && !preset_.token.request.url.empty() &&
           !(asks && preset_.identity.request.url.empty()) &&
           !(preset_.push && preset_.push->request.url.empty()) &&
           !(preset_.idToken && preset_.idToken->jwksUrl.empty());
}

std::string Provider::authorizeUrl() const {
    const AuthorizeStep& step = preset_.authorize;
    if (!ready())
        return "";
    Headers fields = preset_.push ? Headers{{"client_id", clientId_}} : authorizationParameters();
    for (auto& [name, value] : fields)
        if (const auto other = step.rename.find(name); other != step.rename.end())
            name = other->second;
    if (!preset_.push)
        for (const auto& [name, text] : step.parameters)
            fields.emplace_back(name, fillText(text, values()));
    return withQuery(step.url, fields) + "&";
}

Headers Provider::authorizationParameters() const {
    const AuthorizeStep& step = preset_.authorize;
    Headers out{
        {"response_type", "code"}, {"client_id", clientId_}, {"redirect_uri", redirectUri_}};
    if (!step.scopes.empty())
        out.emplace_back("scope", joined(step.scopes, step.scopeSeparator));
    return out;
}

Values Provider::values() const {
    return {{"client_id", clientId_},
            {"client_secret", clientSecret_},
            {"redirect_uri", redirectUri_},
            {"tenant", tenant_}};
}

std::string Provider::withOrigins(std::string url) const {
    replaceOrigin(url, origins_);
    return url;
}

Reach Provider::reachOf(std::string_view url) const {
    const bool named = std::find(trusted_.begin(), trusted_.end(), originOf(url)) != trusted_.end();
    return named ? Reach::anywhere : Reach::publicHttps;
}

Reach Provider::reachOf(std::string_view url, const std::string& filled) const {
    const Reach out = reachOf(filled);
    if (out == Reach::anywhere || namesItsHost(url))
        return out;
    const std::string host = hostOf(filled);
    const std::vector<std::string>& known = preset_.token.hosts;
    const bool isKnown = std::any_of(known.begin(), known.end(), [&](const std::string& one) {
        return one.starts_with('.') ? host.ends_with(one) : host == one;
    });
    return isKnown ? out : Reach::nowhere;
}

std::string Provider::normalise(std::string_view handle) const {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!handle.empty() && blank(handle.front()))
        handle.remove_prefix(1);
    while (!handle.empty() && blank(handle.back()))
        handle.remove_suffix(1);
    for (const std::string& prefix : preset_.handle.prefixes) {
        if (!handle.starts_with(prefix))
            continue;
        handle.remove_prefix(prefix.size());
        handle = handle.substr(0, handle.find_first_of("/?"));
    }
    if (preset_.handle.stripAt && handle.starts_with('@'))
        handle.remove_prefix(1);
    std::string out(handle);
    const std::string suffix = fillText(preset_.handle.suffix, values());
    if (!out.empty() && !out.ends_with(suffix))
        out += suffix;
    return preset_.handle.lowercase ? lowerCase(out) : out;
}

std::string Provider::display(std::string_view handle) const {
    if (handle.empty() || !preset_.handle.displayAt || handle.starts_with('@'))
        return std::string(handle);
    return "@" + std::string(handle);
}

boost::system::result<Providers, ConfigError> loadProviders(const Config& config,
                                                            const MetadataByIssuer& metadata) {
    Providers out;
    for (const auto& [id, settings] : config.providers) {
        auto preset = loadPreset(config.providersDir, settings.preset);
        if (!preset)
            return ConfigError{"providers." + id + ": " + preset.error().message};
        if (const std::string fault = tenantFault(*preset, settings.tenant); !fault.empty())
            return ConfigError{"providers." + id + ".tenant: " + fault};
        if (const std::string fault = credentialFault(*preset, settings); !fault.empty())
            return ConfigError{"providers." + id + ": " + fault};
        const std::string issuer =
            settings.issuer.empty() ? preset->authorize.issuer : settings.issuer;
        if (preset->discovery && issuer.empty())
            return ConfigError{"providers." + id +
                               ".issuer: is missing; the provider's endpoints are found by it, "
                               "such as \"https://id.example.com\""};
        if (!preset->discovery && !settings.issuer.empty())
            return ConfigError{"providers." + id + ".issuer: this preset names its endpoints"};
        const auto& [added, isNew] = out.emplace(
            id, Provider(id, std::move(*preset), settings, config.redirectUri(id), metadata));
        if (const std::string& fault = added->second.fault(); !fault.empty())
            spdlog::error("{}: {}; its links do not work", id, fault);
    }
    return out;
}

} // namespace grantlink
