// The content handlers, one file each. All run on the event loop and answer an nginx code.
#pragma once

#include "ngx_module/ngx.hpp"
#include "ngx_module/request_context.hpp"

namespace grantlink {

ngx_int_t handleApprove(ngx_http_request_t* r, RequestContext& context);  // approve.cpp
ngx_int_t handleCallback(ngx_http_request_t* r, RequestContext& context); // callback.cpp
ngx_int_t handleConfirm(ngx_http_request_t* r, RequestContext& context);  // confirm.cpp
ngx_int_t handleStatus(ngx_http_request_t* r, RequestContext& context);   // status.cpp
ngx_int_t handleOutcome(ngx_http_request_t* r, RequestContext& context);  // status.cpp
ngx_int_t handleAsset(ngx_http_request_t* r, RequestContext& context);    // asset.cpp

ngx_int_t onRequest(ngx_http_request_t* r) noexcept; // what nginx calls: dispatch.cpp

} // namespace grantlink
