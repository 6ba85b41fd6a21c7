// Puts redactText() before nginx's logs: as the writer of every error log, and as the first handler
// of the log phase for requests that never came to a location of ours.
//
// nginx has one hook for what is written to an error log, ngx_log_t::writer; a log that has a
// writer already (syslog, memory) keeps it behind ours.
#pragma once

#include "ngx_module/log_redaction.hpp"
#include "ngx_module/ngx.hpp"

namespace grantlink {

// Called with each location's error log while the configuration is merged; a log comes but once.
void filterErrorLog(ngx_conf_t* cf, ngx_log_t* log);

// Called when the configuration is complete: the cycle's own log, and the log phase.
ngx_int_t registerLogFilter(ngx_conf_t* cf);

// Called with the finished cycle: logs that were configured behind the http block, or by default.
ngx_int_t filterLateLogs(ngx_cycle_t* cycle) noexcept;

// For a request that nginx itself refused in a location of ours, before our rewrite handler (413),
// and that error_page sent elsewhere: what sees it there sees no secret.
void redactRedirected(ngx_http_request_t* r);

} // namespace grantlink
