// The two cookies of an attempt, both host-only, HttpOnly and SameSite=Lax.
//
//   grantlink-XXXXXXXX          binds the state to the browser that pressed the button
//   grantlink-confirm-XXXXXXXX  carries state and sealed code from a callback that came without the
//                               first cookie to the confirm page, so that no URL has to
//
// XXXXXXXX is the end of the attempt's id, so that two tabs do not overwrite each other's. Over
// https the names begin with __Host- (RFC 6265bis, section 4.1.3.2).
#pragma once

#include "ngx_module/ngx.hpp"
#include "ngx_module/request_context.hpp"
#include "shared/link_view.hpp"

#include <string_view>

namespace grantlink {

void setAttemptCookie(ngx_http_request_t* r, const SiteView& site, const Uuid& attempt,
                      std::string_view value);
void setConfirmCookie(ngx_http_request_t* r, const SiteView& site, const Uuid& attempt,
                      std::string_view value);

// The first stays until it expires: with it the status page lets this browser try again.
void clearConfirmCookie(ngx_http_request_t* r, const RequestContext& context, const Uuid& attempt);

// The value that came with the request, or "". Over https only the name with __Host- counts: the
// other one could have been set by a sibling domain or by somebody on the wire.
std::string_view attemptCookie(const RequestContext& context, const SiteView& site,
                               const Uuid& attempt);
std::string_view confirmCookie(const RequestContext& context, const SiteView& site,
                               const Uuid& attempt);

// Whichever of the two names it came with, while the link is not known yet.
std::string_view confirmCookie(const RequestContext& context, const Uuid& attempt);

} // namespace grantlink
