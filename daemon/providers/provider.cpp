#include "daemon/providers/provider.hpp"

#include <algorithm>

namespace grantlink {

namespace {

void replaceOrigin(std::string& url, const std::map<std::string, std::string>& origins) {
    for (const auto& [from, to] : origins) {
        const bool whole =
            url.size() == from.size() || url.find_first_of("/?", from.size()) == from.size();
        if (url.starts_with(from) && whole) {
            url.replace(0, from.size(), to);
            return;
        }
    }
}

void replaceOrigins(Preset& preset, const std::map<std::string, std::string>& origins) {
    replaceOrigin(preset.authorize.url, origins);
    replaceOrigin(preset.authorize.issuer, origins);
    replaceOrigin(preset.token.url, origins);
    replaceOrigin(preset.identity.url, origins);
    if (preset.upgrade)
        replaceOrigin(preset.upgrade->url, origins);
    if (preset.revoke)
        replaceOrigin(preset.revoke->url, origins);
    if (preset.switchAccount)
        replaceOrigin(preset.switchAccount->url, origins);
}

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
    std::string out;
    for (const std::string& word : words)
        out += (out.empty() ? "" : separator) + word;
    return out;
}

void replaceAll(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

} // namespace

Provider::Provider(std::string id, Preset preset, const ProviderConfig& config,
                   std::string redirectUri)
    : id_(std::move(id)), preset_(std::move(preset)), clientId_(config.clientId),
      clientSecret_(config.clientSecret), redirectUri_(std::move(redirectUri)) {
    replaceOrigins(preset_, config.origins);
}

std::string Provider::authorizeUrl() const {
    const AuthorizeStep& step = preset_.authorize;
    Headers fields{
        {"response_type", "code"}, {"client_id", clientId_}, {"redirect_uri", redirectUri_}};
    if (!step.scopes.empty())
        fields.emplace_back("scope", joined(step.scopes, step.scopeSeparator));
    for (const auto& [name, value] : step.parameters)
        fields.emplace_back(name, value);
    const char* joint = step.url.find('?') == std::string::npos ? "?" : "&";
    return step.url + joint + formEncode(fields) + "&";
}

std::string Provider::normalise(std::string_view handle) const {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!handle.empty() && blank(handle.front()))
        handle.remove_prefix(1);
    while (!handle.empty() && blank(handle.back()))
        handle.remove_suffix(1);
    if (preset_.handle.stripAt && handle.starts_with('@'))
        handle.remove_prefix(1);
    std::string out(handle);
    if (preset_.handle.lowercase)
        std::transform(out.begin(), out.end(), out.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
    return out;
}

std::string Provider::display(std::string_view handle) const {
    if (handle.empty() || !preset_.handle.displayAt || handle.starts_with('@'))
        return std::string(handle);
    return "@" + std::string(handle);
}

Headers Provider::fill(const Parameters& parameters, std::string_view accessToken) const {
    Headers out;
    for (const auto& [name, pattern] : parameters) {
        std::string value = pattern;
        replaceAll(value, "{client_id}", clientId_);
        replaceAll(value, "{client_secret}", clientSecret_);
        replaceAll(value, "{access_token}", accessToken);
        out.emplace_back(name, std::move(value));
    }
    return out;
}

boost::system::result<Providers, ConfigError> loadProviders(const Config& config) {
    Providers out;
    for (const auto& [id, settings] : config.providers) {
        auto preset = loadPreset(config.providersDir, settings.preset);
        if (!preset)
            return ConfigError{"providers." + id + ": " + preset.error().message};
        if (preset->token.clientAuth != ClientAuth::none && settings.clientSecret.empty())
            return ConfigError{"providers." + id +
                               ": client_secret or client_secret_file is missing; this provider "
                               "authenticates its clients"};
        out.emplace(id, Provider(id, std::move(*preset), settings, config.redirectUri(id)));
    }
    return out;
}

} // namespace grantlink
