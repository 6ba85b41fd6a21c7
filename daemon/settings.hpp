// What SIGHUP can change: the configuration and the providers made from it.
//
// A flow takes the settings once, at its start, and keeps them to its end; a reload never changes
// them under its feet.
#pragma once

#include "daemon/config.hpp"
#include "daemon/providers/provider.hpp"

#include <memory>
#include <string>

namespace grantlink {

struct Settings {
    Config config;
    Providers providers;

    const Provider* provider(const std::string& id) const {
        const auto found = providers.find(id);
        return found == providers.end() ? nullptr : &found->second;
    }
};

using SettingsPtr = std::shared_ptr<const Settings>;

// `metadata`: what is known of issuers; see oauth/discovery.hpp.
boost::system::result<SettingsPtr, ConfigError> loadSettings(const std::string& path,
                                                             const MetadataByIssuer& metadata = {});

// The same for a configuration that has been read already.
boost::system::result<SettingsPtr, ConfigError> settingsOf(Config config,
                                                           const MetadataByIssuer& metadata);

// The settings in force. Thread: the loop's.
class CurrentSettings {
  public:
    explicit CurrentSettings(SettingsPtr settings) : settings_(std::move(settings)) {}

    SettingsPtr get() const { return settings_; }

    void replace(SettingsPtr settings) { settings_ = std::move(settings); }

  private:
    SettingsPtr settings_;
};

} // namespace grantlink
