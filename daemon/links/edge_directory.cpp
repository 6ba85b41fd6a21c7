#include "daemon/links/edge_directory.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace grantlink {

namespace {

[[noreturn]] void fail(const std::string& path, const std::string& remedy) {
    throw std::runtime_error(path + ": " + std::strerror(errno) + "; " + remedy);
}

gid_t groupId(const std::string& name) {
    const group* found = ::getgrnam(name.c_str());
    if (!found)
        throw std::runtime_error("edge_group: there is no group \"" + name +
                                 "\"; name the group that nginx's workers run as");
    return found->gr_gid;
}

void makeDirectory(const std::string& path, const std::string& group) {
    if (::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST)
        fail(path, "'grantlink init' makes the directories, as root");
    shareWithGroup(path, group, 0750);
}

} // namespace

void shareWithGroup(const std::string& path, const std::string& group, unsigned mode) {
    const gid_t gid = groupId(group);

    struct stat info {};

    if (::stat(path.c_str(), &info) != 0)
        fail(path, "the edge store is not complete");
    if (info.st_gid != gid && ::chown(path.c_str(), static_cast<uid_t>(-1), gid) != 0)
        fail(path, "cannot be given to group " + group + "; make grantlinkd's user a member of it");
    if ((info.st_mode & 07777) != mode && ::chmod(path.c_str(), mode) != 0)
        fail(path, "its permissions cannot be set; it must belong to grantlinkd's user");
}

void makeEdgeDirectories(const std::string& edgeStore, const std::string& group) {
    for (const char* part : {"", "/links", "/spool"})
        makeDirectory(edgeStore + part, group);
}

void shareEdgeFiles(const std::string& edgeStore, const std::string& group) {
    shareWithGroup(edgeStore + "/links/data.mdb", group, 0640);
    shareWithGroup(edgeStore + "/links/lock.mdb", group, 0660);
    shareWithGroup(edgeStore + "/spool/data.mdb", group, 0660);
    shareWithGroup(edgeStore + "/spool/lock.mdb", group, 0660);
}

} // namespace grantlink
