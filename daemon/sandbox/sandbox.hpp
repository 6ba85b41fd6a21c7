// The pretend Instagram: one server for the paths of www., api. and graph.instagram.com.
//
// Thread: the loop's. The World must outlive the server.
#pragma once

#include "daemon/sandbox/world.hpp"

namespace grantlink::sandbox {

Handler handlerFor(World& world);

} // namespace grantlink::sandbox
