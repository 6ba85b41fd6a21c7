// The vault and its keys as files, for commands that work without a daemon.
#pragma once

#include "daemon/config.hpp"
#include "shared/keys.hpp"

#include <string>

namespace grantlink {

inline constexpr const char* defaultConfig = "/etc/grantlink/grantlink.toml";

struct LocalVault {
    Config config;
    MasterKeys keys;
};

// Throw CommandFailure when the configuration or master.key cannot be read.
Config readConfig(const std::string& path);
LocalVault readLocalVault(const std::string& config);

// From here on root does what the vault's owner may do, so that all that is made is the owner's.
void actAsOwnerOf(const std::string& vault);

} // namespace grantlink
