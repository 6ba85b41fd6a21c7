// A provider as this installation uses it: preset, client credentials and redirect URI.
#pragma once

#include "daemon/config.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/providers/metadata.hpp"
#include "daemon/providers/placeholders.hpp"
#include "daemon/providers/preset.hpp"

#include <boost/system/result.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

class Provider {
  public:
    // `metadata`: what is known of issuers, for a preset with discovery.
    Provider(std::string id, Preset preset, const ProviderConfig& config, std::string redirectUri,
             const MetadataByIssuer& metadata = {});

    const std::string& id() const { return id_; }

    const Preset& preset() const { return preset_; }

    const std::string& redirectUri() const { return redirectUri_; }

    const std::string& clientId() const { return clientId_; }

    const std::string& clientSecret() const { return clientSecret_; }

    const std::string& clientKey() const { return clientKey_; }

    // False while the endpoints have not been discovered, and where the issuer takes no credentials
    // that there are: nothing can be asked of it.
    bool ready() const;

    // Why it will not be ready without another configuration; "" where nothing is wrong.
    const std::string& fault() const { return fault_; }

    // The authorization request but for state, PKCE and nonce; ends in '?' or '&'. Of one that is
    // pushed it has the client alone, and request_uri is missing. "" when not ready.
    std::string authorizeUrl() const;

    // What all authorization requests have in common (RFC 6749, section 4.1.1), by its standard
    // names and without the preset's own.
    Headers authorizationParameters() const;

    // What placeholders stand for, whoever the account is.
    Values values() const;

    // A URL of an answer, with the configured origin in the place of its own.
    std::string withOrigins(std::string url) const;

    // Whether the operator has named this URL's origin, or a preset or an answer has.
    Reach reachOf(std::string_view url) const;

    // The same for a URL that `url` has become: nowhere, where an answer has named a host that is
    // not among those of the preset.
    Reach reachOf(std::string_view url, const std::string& filled) const;

    // The form by which handles are compared: "@Nike " and "nike" are one account.
    std::string normalise(std::string_view handle) const;

    // The form that people are shown: "@nike".
    std::string display(std::string_view handle) const;

  private:
    std::string id_;
    Preset preset_; // its URLs with the configured origins
    std::string clientId_, clientSecret_, clientKey_, redirectUri_;
    std::string tenant_; // "" for a provider that has none
    std::string fault_;
    std::map<std::string, std::string> origins_;
    std::vector<std::string> trusted_; // origins that the operator has named
};

// The providers of a configuration; immutable, shared by what runs while it is in force.
using Providers = std::map<std::string, Provider>;

boost::system::result<Providers, ConfigError> loadProviders(const Config& config,
                                                            const MetadataByIssuer& metadata);

} // namespace grantlink
