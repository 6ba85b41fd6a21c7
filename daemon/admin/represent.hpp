// Connections as the API shows them (docs/openapi.yaml). Never with a token; the link only where it
// was asked for.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/vault/connection.hpp"

#include <cstddef>
#include <string>

namespace grantlink {

Json represent(const Connection& connection);

// The parts of such answers: null where there is nothing.
Json timeOrNull(TimeMs time);
Json textOrNull(const std::string& text);
Json scopesOf(const std::string& text);

} // namespace grantlink
