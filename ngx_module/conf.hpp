// The module's configuration, as the directives in module.cpp fill it in.
#pragma once

#include "ngx_module/log_redaction.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/page_set.hpp"
#include "shared/keys.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

extern "C" ngx_module_t ngx_http_grantlink_module;

namespace grantlink {

enum class Handler : ngx_uint_t { none, approve, callback };

class EdgeStore;

struct MainConf {
    // By directory (grantlink_templates); "" are the shipped ones alone. Each is compiled once.
    std::map<std::string, std::unique_ptr<PageSet>, std::less<>> pages;
    SecretPaths paths; // of all locations of ours
    ngx_shm_zone_t* metrics = nullptr;
    ngx_thread_pool_t* threadPool = nullptr; // of locations without grantlink_thread_pool
    std::vector<std::string_view> stores;    // every grantlink_store in use, once
};

struct LocationConf {
    ngx_str_t store{};        // grantlink_store: the edge store's directory
    EdgeKeys* keys = nullptr; // grantlink_key
    ngx_str_t wake{};         // grantlink_wake; empty: the default, which hangs on the store
    ngx_str_t wakeSocket{};   // grantlinkd's datagram socket; set where a handler is
    ngx_str_t startSocket{};  // its stream socket beside that
    ngx_thread_pool_t* threadPool = nullptr;
    ngx_str_t templates{};           // grantlink_templates: a directory over the shipped pages
    ngx_str_t language{};            // grantlink_language
    const PageSet* pages = nullptr;  // of `templates`; set where a handler is
    std::size_t defaultLanguage = 0; // `language` among those of `pages`
    EdgeStore* edge = nullptr;       // of `store` in this worker, from the first request on
    Handler handler = Handler::none; // of this location; not inherited
    bool metrics = false;            // grantlink_metrics stands here; not inherited
};

inline LocationConf& locationConf(ngx_http_request_t* r) {
    return *static_cast<LocationConf*>(ngx_http_get_module_loc_conf(r, ngx_http_grantlink_module));
}

// While the configuration is read.
inline MainConf& mainConfOf(ngx_conf_t* cf) {
    return *static_cast<MainConf*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_grantlink_module));
}

inline MainConf& mainConf(ngx_http_request_t* r) {
    return *static_cast<MainConf*>(ngx_http_get_module_main_conf(r, ngx_http_grantlink_module));
}

} // namespace grantlink
