// An event of the audit trail in words, from the API's JSON.
#pragma once

#include "daemon/cli/terminal.hpp"
#include "daemon/json/json.hpp"

#include <string>

namespace grantlink {

std::string eventName(const Json& event); // "link shown"
Style eventStyle(const Json& event);

// "deploy (uid 1000, pid 4711)", "deploy for alice (…)", "recipient", "grantlinkd"
std::string actorText(const Json& event);

} // namespace grantlink
