// The control API, for tests: faults, the clock, and what the sandbox has seen and issued.
//
//   POST   /_sandbox/faults         a fault, see faults.hpp: {"path":"/me","status":500,"times":2}
//   GET    /_sandbox/faults         the faults that still wait
//   DELETE /_sandbox/faults
//   GET    /_sandbox/requests       {"requests":[…],"counts":{path:n}}, without secrets
//   DELETE /_sandbox/requests
//   GET    /_sandbox/tokens         {"tokens":[{"user","kind","fingerprint",…}]}: the live ones
//   POST   /_sandbox/tokens/expire  {"user":"nike"}: all of its tokens are dead
//   GET    /_sandbox/clock          {"now"}
//   POST   /_sandbox/clock          {"advance_seconds":n}
//   POST   /_sandbox/settings       any of {"token_shape","code_lifetime","short_lifetime",
//                                   "long_lifetime","refresh_lifetime","refresh_min_age"}; lives in
//                                   seconds
//
// Answers 404 unless the sandbox listens on the loopback interface.
#pragma once

#include "daemon/sandbox/world.hpp"

namespace grantlink::sandbox {

bool isControl(const std::string& path);
ServerResponse control(World& world, const Call& call);

} // namespace grantlink::sandbox
