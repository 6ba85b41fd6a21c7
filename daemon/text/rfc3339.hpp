// Times as the API has them (RFC 3339).
#pragma once

#include "shared/uuid.hpp"

#include <string>

namespace grantlink {

std::string rfc3339(TimeMs time); // "2026-11-24T01:02:03Z"

} // namespace grantlink
