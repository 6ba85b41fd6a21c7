#include "daemon/cli/event_text.hpp"

#include "daemon/text/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace grantlink {

std::string eventName(const Json& event) {
    std::string out = printable(event["event"].str());
    std::replace(out.begin(), out.end(), '_', ' ');
    return out;
}

Style eventStyle(const Json& event) {
    const std::string name = event["event"].str();
    if (name == "active")
        return Style::green;
    return name == "broken" || name.ends_with("failed") ? Style::red : Style::plain;
}

std::string actorText(const Json& event) {
    const Json by = event["by"];
    if (by["kind"].str() != "user")
        return printable(by["kind"].str());
    const std::string user = by["user"].str(), remote = by["remote_user"].str();
    return printable(fmt::format("{}{} (uid {}, pid {})", user.empty() ? "no name" : user,
                                 remote.empty() ? "" : " for " + remote, by["uid"].integer(),
                                 by["pid"].integer()));
}

} // namespace grantlink
