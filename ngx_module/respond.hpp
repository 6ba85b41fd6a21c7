// Answers: pages, redirects, the long poll's JSON, scripts. Every one carries the same safety
// headers; none is cached but scripts.
//
// Each function answers what the content handler returns to nginx.
#pragma once

#include "ngx_module/ngx.hpp"
#include "ngx_module/page_set.hpp"
#include "shared/link_view.hpp"

#include <string>
#include <string_view>

namespace grantlink {

// A page with its own status, or with `status`.
ngx_int_t sendPage(ngx_http_request_t* r, Page page, const PageValues& values = {},
                   unsigned status = 0);

// 303 See Other: the browser follows with GET, whatever the method was (RFC 9110, 15.4.4).
ngx_int_t sendRedirect(ngx_http_request_t* r, std::string_view location);

ngx_int_t sendOutcome(ngx_http_request_t* r, std::string_view outcome);

ngx_int_t sendMethodNotAllowed(ngx_http_request_t* r, std::string_view allow);

ngx_int_t sendScript(ngx_http_request_t* r);

// Where something has failed: on the callback a redirect to the same path without code and state,
// elsewhere the page itself.
ngx_int_t sendProblem(ngx_http_request_t* r, Page page, const PageValues& values = {});

void addHeader(ngx_http_request_t* r, std::string_view name, std::string_view value); // both copied

// The values every page of a link shows; `memory` keeps what had to be composed.
PageValues valuesOf(const LinkView& link, const LinkItem& item, const ProviderView* provider,
                    std::string& memory);

} // namespace grantlink
