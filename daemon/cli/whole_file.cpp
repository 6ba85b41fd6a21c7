#include "daemon/cli/whole_file.hpp"

#include "daemon/net/fault_point.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace grantlink {

namespace {

bool fill(int file, Bytes content, mode_t mode, const FileOwner& owner) {
    return ::fchmod(file, mode) == 0 && ::fchown(file, owner.user, owner.group) == 0 &&
           ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
           ::fsync(file) == 0;
}

bool syncDirectoryOf(const std::filesystem::path& path) {
    const auto directory = path.has_parent_path() ? path.parent_path() : ".";
    const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = opened >= 0 && ::fsync(opened) == 0;
    if (opened >= 0)
        ::close(opened);
    return synced;
}

} // namespace

bool writeWhole(const std::string& path, Bytes content, mode_t mode, const FileOwner& owner) {
    const FaultPoints around;
    const std::string temporary = path + ".new";
    const int file =
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return false;
    const bool filled = fill(file, content, mode, owner);
    const int error = errno;
    ::close(file);
    faultPoint();
    errno = error;
    if (filled && ::rename(temporary.c_str(), path.c_str()) == 0)
        return syncDirectoryOf(path);
    const int why = errno;
    ::unlink(temporary.c_str());
    errno = why;
    return false;
}

} // namespace grantlink
