// grantlink_metrics: what the module counted, for Prometheus to read.
#include "ngx_module/metrics_page.hpp"

#include "ngx_module/boundary.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/exposition.hpp"
#include "ngx_module/metrics.hpp"
#include "ngx_module/metrics_text.hpp"
#include "ngx_module/respond.hpp"

namespace grantlink {

namespace {

template <typename Store>
std::optional<StoreUsage> usageIfReadable(const Store& store, ngx_log_t* log) {
    return boundary(log, std::optional<StoreUsage>(), [&]() -> std::optional<StoreUsage> {
        return store ? std::optional(store->usage()) : std::nullopt;
    });
}

std::vector<StoreSample> readStores(ngx_http_request_t* r) {
    std::vector<StoreSample> out;
    ngx_log_t* log = r->connection->log;
    for (const std::string_view path : mainConf(r).stores) {
        EdgeStore& store = EdgeStore::at(path);
        out.push_back({path, "links", usageIfReadable(store.links(log), log)});
        out.push_back({path, "spool", usageIfReadable(store.spool(log), log)});
    }
    return out;
}

ngx_int_t sendText(ngx_http_request_t* r, const std::string& text) {
    ngx_buf_t* body = ngx_create_temp_buf(r->pool, text.size());
    if (!body)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    body->last = ngx_cpymem(body->last, text.data(), text.size());
    body->last_buf = r == r->main;
    body->last_in_chain = 1;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_type = ngxStr(Exposition::contentType);
    r->headers_out.content_type_len = Exposition::contentType.size();
    r->headers_out.content_length_n = static_cast<off_t>(text.size());
    const ngx_int_t rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only)
        return rc;
    ngx_chain_t chain{body, nullptr};
    return ngx_http_output_filter(r, &chain);
}

ngx_int_t answer(ngx_http_request_t* r) {
    addHeader(r, "Cache-Control", "no-store");
    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        addHeader(r, "Allow", "GET, HEAD");
        return NGX_HTTP_NOT_ALLOWED;
    }
    const ngx_int_t rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK)
        return rc;
    const auto metrics = readMetrics();
    return sendText(r, metricsText(metrics->counts, metrics->levels, readStores(r)));
}

} // namespace

ngx_int_t onMetricsRequest(ngx_http_request_t* r) noexcept {
    return boundary(r->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                    [&] { return answer(r); });
}

} // namespace grantlink
