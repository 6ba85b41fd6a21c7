// What is allowed in a preset and yet hardly meant.
#pragma once

#include "daemon/providers/preset.hpp"

#include <string>
#include <vector>

namespace grantlink {

// One sentence each, with the key that it is about.
std::vector<std::string> doubtsAbout(const Preset& preset);

// A request that a preset describes, by the name of its table.
struct NamedRequest {
    std::string table;
    const RequestTemplate* request;
};

// All of them but the authorization request, in the order in which a flow has them. They point
// into the preset.
std::vector<NamedRequest> requestsOf(const Preset& preset);

} // namespace grantlink
