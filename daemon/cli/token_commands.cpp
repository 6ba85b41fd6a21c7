// The commands for what an approval has brought: tokens.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/relative_time.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/format.h>

namespace grantlink {

namespace {

std::string pathOf(const Session& session, const std::string& name) {
    return "/v1/connections/" + connectionId(session.daemon, name);
}

std::string expiryNote(const Json& token) {
    const std::string expires = token["expires_at"].str();
    return expires.empty() ? "\nIts end is not known."
                           : fmt::format("\nIt expires {}.", relativeTime(expires, nowMs()));
}

} // namespace

void tokenCommand(const Session& session, const std::string& name, const std::string& minTtl) {
    const ApiReply reply =
        session.daemon.get(pathOf(session, name) + "/token", {{"min_ttl", minTtl}});
    print(session.json ? reply.body : printable(reply.json["access_token"].str(), 16 * 1024));
    advise(expiryNote(reply.json));
}

void refreshCommand(const Session& session, const std::string& name) {
    const ApiReply reply = session.daemon.post(pathOf(session, name) + "/refresh");
    print(session.json ? reply.body : fmt::format("{} has a new token.", describe(reply.json)));
    advise(expiryNote(reply.json["token"]));
}

void removeCommand(const Session& session, const std::string& name, bool confirmed) {
    const std::string path = pathOf(session, name);
    if (!confirmed)
        confirm(fmt::format("{}: its token is given back to the provider and erased; only a new "
                            "request brings it back",
                            describe(session.daemon.get(path).json)),
                "Remove it?");
    const ApiReply reply = session.daemon.remove(path);
    print(session.json ? reply.body
                       : fmt::format("{} is {}.", describe(reply.json),
                                     printable(reply.json["status"].str())));
}

} // namespace grantlink
