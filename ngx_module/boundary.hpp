// Where nginx calls C++: no exception passes back into C frames.
#pragma once

#include "ngx_module/ngx.hpp"

#include <exception>

namespace grantlink {

// Runs `body`; an exception becomes a log line and `otherwise`.
template <typename Result, typename Body>
Result boundary(ngx_log_t* log, Result otherwise, Body body) noexcept {
    try {
        return body();
    } catch (const std::exception& error) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "grantlink: %s", error.what());
    } catch (...) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "grantlink: unknown exception");
    }
    return otherwise;
}

} // namespace grantlink
