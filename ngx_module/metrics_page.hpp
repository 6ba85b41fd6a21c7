// The content handler of grantlink_metrics.
#pragma once

#include "ngx_module/ngx.hpp"

namespace grantlink {

ngx_int_t onMetricsRequest(ngx_http_request_t* r) noexcept;

} // namespace grantlink
