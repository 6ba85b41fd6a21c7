#include "ngx_module/log_filter.hpp"

#include "ngx_module/boundary.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/metrics.hpp"
#include "ngx_module/redact.hpp"
#include "ngx_module/request_context.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace grantlink {

namespace {

// One error log of a cycle, living in the cycle's pool as the log itself does.
struct FilteredLog {
    const SecretPaths* paths;
    ngx_log_writer_pt next; // null: a file
    void* nextData;
};

void writeFiltered(ngx_log_t* log, ngx_uint_t level, u_char* text, size_t length) {
    const auto& filtered = *static_cast<const FilteredLog*>(log->wdata);
    redactText({reinterpret_cast<char*>(text), length}, *filtered.paths);
    if (!filtered.next) {
        if (log->file) // nginx opens the files after the configuration has been read
            (void)ngx_write_fd(log->file->fd, text, length);
        return;
    }
    ngx_log_t original = *log;
    original.writer = filtered.next;
    original.wdata = filtered.nextData;
    filtered.next(&original, level, text, length);
}

void filterChain(ngx_pool_t* pool, const SecretPaths& paths, ngx_log_t* log) {
    for (; log; log = log->next) {
        if (log->writer == writeFiltered)
            continue;
        log->wdata = makeInPool<FilteredLog>(pool, FilteredLog{&paths, log->writer, log->wdata});
        log->writer = writeFiltered;
    }
}

// nginx logs while it destroys the cycle's pool, when all of ours is gone already: before that each
// log gets back what it had. Registered last, so run first.
void unfilter(void* cycle) {
    for (ngx_log_t* log = &static_cast<ngx_cycle_t*>(cycle)->new_log; log; log = log->next) {
        if (log->writer != writeFiltered)
            continue;
        const auto& filtered = *static_cast<const FilteredLog*>(log->wdata);
        log->writer = filtered.next;
        log->wdata = filtered.nextData;
    }
}

void redactString(ngx_str_t& text, const SecretPaths& paths) {
    if (text.len > 0)
        redactText({reinterpret_cast<char*>(text.data), text.len}, paths);
}

void redactAsText(ngx_http_request_t* r) {
    const SecretPaths& paths = mainConf(r).paths;
    for (ngx_str_t* text : {&r->request_line, &r->unparsed_uri, &r->uri, &r->args})
        redactString(*text, paths);
    takeCookies(r, nullptr);
    eachHeader(r, "referer", [&](ngx_str_t& value) { redactString(value, paths); });
}

// A request that nginx answered before it looked for a location (malformed, without Host …). The
// main request of a subrequest goes on with what they share, which may be another site's.
ngx_int_t onLog(ngx_http_request_t* r) noexcept {
    return boundary(r->connection->log, ngx_int_t{NGX_OK}, [&]() -> ngx_int_t {
        countRequest(r);
        const RequestContext* context = contextOf(r);
        if (r != r->main)
            takeCookies(r, nullptr);
        else if (!context)
            redactAsText(r);
        else
            for (const std::span<char> value : context->secretHeaders)
                std::fill(value.begin(), value.end(), '*');
        return NGX_OK;
    });
}

} // namespace

void redactRedirected(ngx_http_request_t* r) {
    const SecretPaths& paths = mainConf(r).paths;
    const auto begins = [target = view(r->unparsed_uri)](const std::string& prefix) {
        return target.starts_with(prefix);
    };
    if (std::ranges::any_of(paths.approve, begins) || std::ranges::any_of(paths.callback, begins))
        redactAsText(r);
}

void filterErrorLog(ngx_conf_t* cf, ngx_log_t* log) {
    filterChain(cf->pool, mainConfOf(cf).paths, log);
}

ngx_int_t registerLogFilter(ngx_conf_t* cf) {
    filterChain(cf->pool, mainConfOf(cf).paths, &cf->cycle->new_log);
    ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    if (!cleanup)
        return NGX_ERROR;
    cleanup->data = cf->cycle;
    cleanup->handler = unfilter;
    auto* core = static_cast<ngx_http_core_main_conf_t*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    ngx_array_t& handlers = core->phases[NGX_HTTP_LOG_PHASE].handlers;
    if (!ngx_array_push(&handlers))
        return NGX_ERROR;
    // To the front: the access log's handler is there already.
    auto* first = static_cast<ngx_http_handler_pt*>(handlers.elts);
    std::copy_backward(first, first + handlers.nelts - 1, first + handlers.nelts);
    *first = onLog;
    return NGX_OK;
}

ngx_int_t filterLateLogs(ngx_cycle_t* cycle) noexcept {
    auto* conf = static_cast<MainConf*>(
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_grantlink_module));
    return boundary(cycle->log, ngx_int_t{NGX_ERROR}, [&]() -> ngx_int_t {
        if (conf)
            filterChain(cycle->pool, conf->paths, &cycle->new_log);
        return NGX_OK;
    });
}

} // namespace grantlink
