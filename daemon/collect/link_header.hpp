// The Link header (RFC 8288).
#pragma once

#include <string>
#include <string_view>

namespace grantlink {

// The target of the link whose relation is "next"; "" when there is none.
std::string nextInLinkHeader(std::string_view header);

} // namespace grantlink
