// One process at a time has a vault: a daemon, or what must not run beside one.
#pragma once

#include <string>

namespace grantlink {

// Held for the life of the object; the kernel lets go of it however the process ends.
// Throws std::runtime_error when somebody else has it.
class VaultLock {
  public:
    explicit VaultLock(const std::string& directory);
    ~VaultLock();

    VaultLock(const VaultLock&) = delete;
    VaultLock& operator=(const VaultLock&) = delete;

  private:
    int file_ = -1;
};

} // namespace grantlink
