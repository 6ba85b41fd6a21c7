// Files that are there whole or not at all.
#pragma once

#include "shared/secret.hpp"

#include <sys/types.h>

#include <string>

namespace grantlink {

// -1: as it comes.
struct FileOwner {
    uid_t user = static_cast<uid_t>(-1);
    gid_t group = static_cast<gid_t>(-1);
};

// A temporary file beside it, on the disk, then the name, on the disk too. False: errno says why,
// and what was there is there still.
bool writeWhole(const std::string& path, Bytes content, mode_t mode, const FileOwner& owner = {});

} // namespace grantlink
