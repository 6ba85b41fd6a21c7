// What is allowed in a preset and yet hardly meant.
#pragma once

#include "daemon/providers/preset.hpp"

#include <string>
#include <vector>

namespace grantlink {

// One sentence each, with the key that it is about.
std::vector<std::string> doubtsAbout(const Preset& preset);

} // namespace grantlink
