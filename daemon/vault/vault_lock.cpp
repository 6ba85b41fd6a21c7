#include "daemon/vault/vault_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace grantlink {

VaultLock::VaultLock(const std::string& directory) {
    const std::string path = directory + "/grantlinkd.lock";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0)
        throw std::runtime_error(path + ": " + std::strerror(errno) +
                                 "; 'grantlink init' makes the vault's directory");
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0)
        return;
    ::close(file_);
    throw std::runtime_error(path + ": another grantlinkd uses this vault; stop it first, or give "
                                    "this one a vault of its own");
}

VaultLock::~VaultLock() {
    ::close(file_);
}

} // namespace grantlink
