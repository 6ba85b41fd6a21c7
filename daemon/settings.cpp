#include "daemon/settings.hpp"

namespace grantlink {

boost::system::result<SettingsPtr, ConfigError> loadSettings(const std::string& path,
                                                             const MetadataByIssuer& metadata) {
    auto config = loadConfig(path);
    if (!config)
        return config.error();
    auto out = settingsOf(std::move(*config), metadata);
    if (!out)
        return ConfigError{path + ": " + out.error().message};
    return out;
}

boost::system::result<SettingsPtr, ConfigError> settingsOf(Config config,
                                                           const MetadataByIssuer& metadata) {
    auto providers = loadProviders(config, metadata);
    if (!providers)
        return providers.error();
    return std::make_shared<const Settings>(Settings{std::move(config), std::move(*providers)});
}

} // namespace grantlink
