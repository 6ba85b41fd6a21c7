// $grantlink_route, $grantlink_outcome, $grantlink_connection, $grantlink_attempt,
// $grantlink_provider: for log_format and map. None of them is a secret.
#pragma once

#include "ngx_module/ngx.hpp"

namespace grantlink {

ngx_int_t addVariables(ngx_conf_t* cf) noexcept;

} // namespace grantlink
