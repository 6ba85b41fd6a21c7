#include "daemon/admin/peer.hpp"

#include "daemon/text/names.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t maxRemoteUser = 200; // bytes

// The user's groups by the user database: the peer's own idea of them is not asked.
std::vector<std::string> groupNames(const passwd& user) {
    int count = 0;
    ::getgrouplist(user.pw_name, user.pw_gid, nullptr, &count);
    std::vector<gid_t> ids(static_cast<std::size_t>(std::max(count, 1)));
    count = static_cast<int>(ids.size());
    if (::getgrouplist(user.pw_name, user.pw_gid, ids.data(), &count) < 0)
        return {};
    std::vector<std::string> out;
    for (int i = 0; i < count; ++i)
        if (const group* entry = ::getgrgid(ids[static_cast<std::size_t>(i)]))
            out.emplace_back(entry->gr_name);
    return out;
}

bool shareOne(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&](const std::string& name) {
        return std::find(b.begin(), b.end(), name) != b.end();
    });
}

} // namespace

std::set<Role> rolesOf(const PeerCredentials& peer, const Config& config) {
    if (peer.uid == 0 || peer.uid == ::geteuid())
        return {Role::viewer, Role::operator_, Role::tokenReader};
    const passwd* user = ::getpwuid(peer.uid);
    if (!user)
        return {};
    const std::string name = user->pw_name;
    const std::vector<std::string> groups = groupNames(*user);
    std::set<Role> out;
    for (const RoleGrant& grant : config.grants)
        if (shareOne(grant.users, {name}) || shareOne(grant.groups, groups))
            out.insert(grant.role);
    if (out.contains(Role::operator_) || out.contains(Role::tokenReader))
        out.insert(Role::viewer);
    return out;
}

Caller callerOf(const std::optional<PeerCredentials>& peer, const Config& config) {
    if (!peer)
        return {"user unknown", {}};
    return {"user " + std::to_string(peer->uid), rolesOf(*peer, config)};
}

Actor actorOf(const ServerRequest& request) {
    Actor out{.kind = ActorKind::user};
    if (request.peer) {
        out.uid = request.peer->uid;
        out.pid = request.peer->pid;
        if (const passwd* user = ::getpwuid(request.peer->uid))
            out.user = user->pw_name;
    }
    const std::string_view remote = request.header("remote-user");
    if (isOneLine(remote, maxRemoteUser))
        out.remoteUser = remote;
    return out;
}

} // namespace grantlink
