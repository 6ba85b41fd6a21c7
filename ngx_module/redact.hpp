// Overwrites secrets in the request's own memory, so that no log of any module can show them: not
// $request, $request_uri, $args, $uri, $http_referer or $http_cookie, not an error log line.
//
// Each byte becomes '*': lengths stay, and every pointer that nginx or a module kept stays valid.
#pragma once

#include "ngx_module/ngx.hpp"
#include "ngx_module/request_context.hpp"

#include <vector>

namespace grantlink {

// The query always; of the path the last `secretLength` decoded bytes, unless it may be logged.
void redactRequest(ngx_http_request_t* r, std::size_t secretLength, bool pathMayBeLogged);

// Moves our cookies out of the request headers into `out` (null: only overwrites them).
void takeCookies(ngx_http_request_t* r, std::vector<Cookie>* out);

// Overwrites what was read of the request body.
void wipeBody(ngx_http_request_t* r);

} // namespace grantlink
