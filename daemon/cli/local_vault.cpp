#include "daemon/cli/local_vault.hpp"

#include "daemon/cli/failure.hpp"

#include <grp.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace grantlink {

Config readConfig(const std::string& path) {
    if (sodium_init() < 0)
        throw CommandFailure(ExitCode::daemonError, "libsodium cannot be set up");
    auto config = loadConfig(path);
    if (!config)
        throw CommandFailure(ExitCode::usage, config.error().message);
    return std::move(*config);
}

LocalVault readLocalVault(const std::string& path) {
    Config config = readConfig(path);
    auto keys = MasterKeys::load(config.masterKey);
    if (!keys)
        throw CommandFailure(ExitCode::usage, keys.error().message);
    return {std::move(config), std::move(*keys)};
}

void actAsOwnerOf(const std::string& vault) {
    struct stat info {};

    if (::stat(vault.c_str(), &info) != 0)
        throw CommandFailure(ExitCode::usage, vault + ": " + std::strerror(errno) +
                                                  "; 'grantlink init' makes the vault's directory");
    if (::geteuid() != 0 || info.st_uid == 0)
        return;
    if (::setgroups(0, nullptr) != 0 || ::setegid(info.st_gid) != 0 || ::seteuid(info.st_uid) != 0)
        throw CommandFailure(ExitCode::notPermitted,
                             vault +
                                 ": its owner's rights cannot be taken: " + std::strerror(errno));
}

} // namespace grantlink
