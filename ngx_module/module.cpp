// ngx_http_grantlink_module: what it can do, as a table, and where it hooks into nginx. What the
// directives set is in directives.cpp, what the routes answer in one file each (dispatch.cpp).
#include "ngx_module/boundary.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/directives.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/log_filter.hpp"
#include "ngx_module/metrics.hpp"
#include "ngx_module/request_context.hpp"
#include "ngx_module/variables.hpp"
#include "ngx_module/worker_heap.hpp"

#include <sodium.h>

using namespace grantlink;

namespace {

void* createMainConf(ngx_conf_t* cf);
ngx_int_t registerHandlers(ngx_conf_t* cf);
ngx_int_t startWorker(ngx_cycle_t* cycle);
ngx_int_t initModule(ngx_cycle_t* cycle);
void endWorker(ngx_cycle_t* cycle);

constexpr ngx_uint_t anywhere = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

ngx_command_t directives[] = {

    {ngx_string("grantlink_store"), anywhere | NGX_CONF_TAKE1, setStore, NGX_HTTP_LOC_CONF_OFFSET,
     0, nullptr},

    {ngx_string("grantlink_key"), anywhere | NGX_CONF_TAKE1, setKey, NGX_HTTP_LOC_CONF_OFFSET, 0,
     nullptr},

    {ngx_string("grantlink_wake"), anywhere | NGX_CONF_TAKE1, setWake, NGX_HTTP_LOC_CONF_OFFSET, 0,
     nullptr},

    {ngx_string("grantlink_thread_pool"), anywhere | NGX_CONF_TAKE1, setThreadPool,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},

    {ngx_string("grantlink_templates"), anywhere | NGX_CONF_TAKE1, setTemplates,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},

    {ngx_string("grantlink_language"), anywhere | NGX_CONF_TAKE1, setLanguage,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},

    {ngx_string("grantlink_approve"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, setApprove,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},

    {ngx_string("grantlink_callback"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, setCallback,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},

    {ngx_string("grantlink_metrics"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, setMetrics,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},

    ngx_null_command};

ngx_http_module_t context = {
    addVariables,       // preconfiguration
    registerHandlers,   // postconfiguration
    createMainConf,     // create main configuration
    nullptr,            // init main configuration
    nullptr,            // create server configuration
    nullptr,            // merge server configuration
    createLocationConf, // create location configuration
    mergeLocationConf,  // merge location configuration
};

} // namespace

ngx_module_t ngx_http_grantlink_module = {
    NGX_MODULE_V1,
    &context,        // module context
    directives,      // module directives
    NGX_HTTP_MODULE, // module type
    nullptr,         // init master
    initModule,      // init module
    startWorker,     // init process; stores open with the first request, see edge_store.hpp
    nullptr,         // init thread
    nullptr,         // exit thread
    endWorker,       // exit process
    nullptr,         // exit master
    NGX_MODULE_V1_PADDING};

namespace {

// Runs when the locations are known, before anything that limits or authenticates.
ngx_int_t registerRewrite(ngx_conf_t* cf) {
    auto* core = static_cast<ngx_http_core_main_conf_t*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    auto* handler = static_cast<ngx_http_handler_pt*>(
        ngx_array_push(&core->phases[NGX_HTTP_REWRITE_PHASE].handlers));
    if (!handler)
        return NGX_ERROR;
    *handler = onRewrite;
    return NGX_OK;
}

ngx_int_t registerHandlers(ngx_conf_t* cf) {
    return boundary(cf->log, ngx_int_t{NGX_ERROR}, [&]() -> ngx_int_t {
        if (sodium_init() < 0)
            return NGX_ERROR;
        if (addMetricsZone(cf) != NGX_OK)
            return NGX_ERROR;
        return registerLogFilter(cf) == NGX_OK ? registerRewrite(cf) : ngx_int_t{NGX_ERROR};
    });
}

ngx_int_t initModule(ngx_cycle_t* cycle) {
    useMetricsZone(cycle);
    giveHeapBack(); // what reading strings and templates has left
    return filterLateLogs(cycle);
}

ngx_int_t startWorker(ngx_cycle_t* cycle) {
    const auto* conf = static_cast<MainConf*>(
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_grantlink_module));
    if (conf && !conf->stores.empty())
        prepareHeap();
    return startCounting(cycle);
}

void endWorker(ngx_cycle_t*) {
    EdgeStore::leave();
}

void* createMainConf(ngx_conf_t* cf) {
    return boundary(cf->log, static_cast<void*>(nullptr),
                    [&]() -> void* { return makeInPool<MainConf>(cf->pool); });
}

} // namespace
