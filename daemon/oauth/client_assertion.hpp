// How a client proves who it is with a key of its own (RFC 7523, section 2.2 and 3).
#pragma once

#include "daemon/providers/provider.hpp"

#include <string>

namespace grantlink {

// Good for one request, and for a minute. Throws std::runtime_error when the key cannot sign, which
// loadConfig() has tried.
std::string clientAssertion(const Provider& provider);

} // namespace grantlink
