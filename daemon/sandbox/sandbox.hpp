// The pretend provider: one server for all of a shape's hosts.
//
// Thread: the loop's. The World must outlive the server.
#pragma once

#include "daemon/sandbox/world.hpp"

namespace grantlink::sandbox {

Handler handlerFor(World& world);

} // namespace grantlink::sandbox
