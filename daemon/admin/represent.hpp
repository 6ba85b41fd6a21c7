// Connections as the API shows them (docs/openapi.yaml). Never with a token; the link only where it
// was asked for.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/vault/connection.hpp"

#include <string>

namespace grantlink {

Json represent(const Connection& connection);

} // namespace grantlink
