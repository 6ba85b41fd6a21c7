#include "daemon/settings.hpp"

namespace grantlink {

boost::system::result<SettingsPtr, ConfigError> loadSettings(const std::string& path) {
    auto config = loadConfig(path);
    if (!config)
        return config.error();
    auto providers = loadProviders(*config);
    if (!providers)
        return ConfigError{path + ": " + providers.error().message};
    return std::make_shared<const Settings>(Settings{std::move(*config), std::move(*providers)});
}

} // namespace grantlink
