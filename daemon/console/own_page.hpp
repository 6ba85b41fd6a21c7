// Whether a request comes from a page of the console itself, or from somewhere else that a
// signed-in operator's browser has open (cross-site request forgery).
#pragma once

#include "daemon/net/http_server.hpp"

namespace grantlink {

bool isRead(const ServerRequest& request); // changes nothing: GET or HEAD

// For reads: typed into the address bar, or by our own page. Browsers that do not say are believed:
// another origin could not read the answer.
bool mayRead(const ServerRequest& request);

// For writes: Sec-Fetch-Site is same-origin, or where it is absent Origin names the host asked.
bool comesFromOwnPage(const ServerRequest& request);

// A form cannot send this type, and another origin's script not without asking first.
bool hasJson(const ServerRequest& request);

} // namespace grantlink
