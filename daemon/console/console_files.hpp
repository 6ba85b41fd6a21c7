// The console's own files, compiled into grantlinkd: HTML, style, modules and texts.
#pragma once

#include "daemon/net/http_server.hpp"

#include <string>

namespace grantlink {

// `name` is what stands behind /console/; "" is the page itself.
ServerResponse consoleFile(const ServerRequest& request, const std::string& name);

// The policy of everything on this socket: only our own files, in no frame, for no other site.
void addSafeHeaders(ServerResponse& response);

} // namespace grantlink
