#include "daemon/cli/connections.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/printable.hpp"
#include "shared/uuid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace grantlink {

namespace {

constexpr std::size_t shortestPrefix = 6;
constexpr std::size_t shortestId = 13;
constexpr std::size_t candidatesShown = 10;

bool isIdPrefix(std::string_view text) {
    return text.size() >= shortestPrefix && text.size() < Uuid::textLength &&
           text.find_first_not_of("0123456789abcdefABCDEF-") == std::string_view::npos;
}

std::vector<Json> withPrefix(const AdminClient& daemon, const std::string& prefix) {
    std::vector<Json> found = fetchConnections(daemon, {}, 0).rows;
    std::erase_if(
        found, [&](const Json& connection) { return !connection["id"].str().starts_with(prefix); });
    return found;
}

// Somebody who cancelled a request and asked again means the new one.
std::vector<Json> preferLiving(std::vector<Json> found) {
    const auto revoked = [](const Json& connection) {
        return connection["status"].str() == "revoked";
    };
    if (!std::all_of(found.begin(), found.end(), revoked))
        std::erase_if(found, revoked);
    return found;
}

CommandFailure ambiguous(const std::string& name, const std::vector<Json>& found) {
    std::string message = fmt::format(
        "“{}” names {} connections; give more of the id:", printable(name), found.size());
    for (std::size_t i = 0; i < std::min(found.size(), candidatesShown); ++i)
        message += fmt::format("\n  {}  {}  {}  {}", found[i]["id"].str(),
                               printable(found[i]["provider"].str()), accountOf(found[i]),
                               printable(found[i]["status"].str()));
    if (found.size() > candidatesShown)
        message += fmt::format("\n  and {} more", found.size() - candidatesShown);
    return {ExitCode::usage, message};
}

} // namespace

PagedList fetchConnections(const AdminClient& daemon, const AdminClient::Query& query,
                           std::size_t limit) {
    return fetchPages(daemon, "/v1/connections", "connections", query, limit);
}

std::string connectionId(const AdminClient& daemon, const std::string& name) {
    if (const auto id = Uuid::parse(name))
        return id->text();
    const bool account = name.find('@') != std::string::npos;
    if (!account && !isIdPrefix(name))
        throw CommandFailure(
            ExitCode::usage,
            fmt::format("“{}” names no connection; give an id, at least its first {} characters, "
                        "or an account such as @nike",
                        printable(name), shortestPrefix));
    const std::vector<Json> found =
        preferLiving(account ? fetchConnections(daemon, {{"account", name}}, 0).rows
                             : withPrefix(daemon, lowerCase(name)));
    if (found.empty())
        throw CommandFailure(ExitCode::refused,
                             fmt::format("there is no connection {} “{}”; “grantlink list” shows "
                                         "what there is",
                                         account ? "for" : "whose id begins with",
                                         printable(name)));
    if (found.size() > 1)
        throw ambiguous(name, found);
    return found.front()["id"].str();
}

std::string accountOf(const Json& connection) {
    const std::string asked = connection["account"].str();
    const std::string approved = connection["approved_account"]["handle"].str();
    if (asked.empty() && approved.empty())
        return "any account";
    return asked.empty() ? displayHandle(approved, asked) : printable(asked);
}

std::vector<Json> sharersOf(const AdminClient& daemon, const Json& connection) {
    const Json others = connection["shares_link_with"];
    std::vector<Json> out;
    for (std::size_t i = 0; i < others.size(); ++i)
        out.push_back(daemon.get("/v1/connections/" + others.at(i).str()).json);
    return out;
}

std::string describe(const Json& connection) {
    return fmt::format("{} at {}", accountOf(connection), printable(connection["provider"].str()));
}

std::vector<std::string> shortIds(const std::vector<Json>& connections) {
    for (std::size_t length = shortestId;; ++length) {
        std::vector<std::string> out;
        for (const Json& connection : connections)
            out.push_back(connection["id"].str().substr(0, length));
        const std::set<std::string> different(out.begin(), out.end());
        if (different.size() == out.size() || length >= Uuid::textLength)
            return out;
    }
}

} // namespace grantlink
