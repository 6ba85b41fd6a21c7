// Letters without regard to locale: header names, host names, ids.
#pragma once

#include <string>
#include <string_view>

namespace grantlink {

// A to Z become a to z; every other byte stays.
std::string lowerCase(std::string_view text);

} // namespace grantlink
