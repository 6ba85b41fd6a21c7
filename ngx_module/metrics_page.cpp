// grantlink_metrics: what the module counted, for Prometheus to read.
#include "ngx_module/metrics_page.hpp"

#include "ngx_module/boundary.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/metrics.hpp"
#include "ngx_module/metrics_text.hpp"
#include "ngx_module/respond.hpp"
#include "shared/exposition.hpp"

namespace grantlink {

namespace {

template <typename Open>
std::optional<StoreUsage> usageIfReadable(ngx_log_t* log, Open open) {
    return boundary(log, std::optional<StoreUsage>(), [&]() -> std::optional<StoreUsage> {
        const auto store = open();
        return store ? std::optional(store->usage()) : std::nullopt;
    });
}

std::vector<StoreSample> readStores(ngx_http_request_t* r) {
    std::vector<StoreSample> out;
    ngx_log_t* log = r->connection->log;
    for (const std::string_view path : mainConf(r).stores) {
        EdgeStore& store = EdgeStore::at(path);
        out.push_back({path, "links", usageIfReadable(log, [&] { return store.links(log); })});
        out.push_back({path, "spool", usageIfReadable(log, [&] { return store.spool(log); })});
    }
    return out;
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
    return sendText(r, NGX_HTTP_OK, Exposition::contentType,
                    metricsText(metrics->counts, metrics->levels, readStores(r)));
}

} // namespace

ngx_int_t onMetricsRequest(ngx_http_request_t* r) noexcept {
    return boundary(r->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                    [&] { return answer(r); });
}

} // namespace grantlink
