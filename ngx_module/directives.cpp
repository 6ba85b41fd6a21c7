#include "ngx_module/directives.hpp"

#include "ngx_module/boundary.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/log_filter.hpp"
#include "ngx_module/metrics_page.hpp"
#include "ngx_module/negotiation.hpp"
#include "ngx_module/thread_pool.hpp"

#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

namespace grantlink {

namespace {

char duplicate[] = "is duplicate";
char* const failed = static_cast<char*>(NGX_CONF_ERROR);

ngx_str_t& argument(ngx_conf_t* cf) {
    return static_cast<ngx_str_t*>(cf->args->elts)[1];
}

// Configuration errors end here: nginx adds the name and line of its configuration file.
char* fail(ngx_conf_t* cf, const std::string& message) {
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s", message.c_str());
    return failed;
}

// The argument as an absolute path, relative ones below nginx's configuration directory.
const char* path(ngx_conf_t* cf) {
    ngx_str_t& text = argument(cf);
    if (ngx_conf_full_name(cf->cycle, &text, 1) != NGX_OK)
        throw std::bad_alloc();
    return reinterpret_cast<const char*>(text.data); // nginx ends arguments with a zero
}

ngx_http_core_loc_conf_t& coreConf(ngx_conf_t* cf) {
    return *static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
}

char* failBesideAnother(ngx_conf_t* cf, const std::string& directive) {
    return fail(cf, "\"" + directive +
                        "\" cannot stand beside another handler of this location; give it a "
                        "location of its own");
}

char* setHandler(ngx_conf_t* cf, void* conf, Handler handler, const char* directive) {
    auto& location = *static_cast<LocationConf*>(conf);
    auto* core = &coreConf(cf);
    if (location.handler != Handler::none || core->handler)
        return failBesideAnother(cf, directive);
    const std::string_view name = view(core->name);
    bool plain = !core->exact_match && !core->noname && !core->named && name.size() > 1 &&
                 name.back() == '/';
#if (NGX_PCRE)
    plain = plain && !core->regex;
#endif
    if (!plain)
        return fail(cf, std::string("\"") + directive +
                            "\" needs a prefix location that ends with a slash, such as \"location "
                            "/approve/\"");
    location.handler = handler;
    core->handler = onRequest;
    MainConf& main = mainConfOf(cf);
    (handler == Handler::approve ? main.paths.approve : main.paths.callback).emplace_back(name);
    return NGX_CONF_OK;
}

// The pages of this directory, compiled with the first location that uses it; null when there is a
// mistake in them, which has been reported.
const PageSet* pagesOf(ngx_conf_t* cf, const std::string& directory) {
    auto& known = mainConfOf(cf).pages;
    if (const auto found = known.find(directory); found != known.end())
        return found->second.get();
    auto pages = PageSet::compile(directory);
    if (!pages) {
        const std::string where =
            directory.empty() ? "" : "grantlink_templates " + directory + ": ";
        fail(cf, where + pages.error().message);
        return nullptr;
    }
    return known.emplace(directory, std::move(*pages)).first->second.get();
}

char* mergePages(ngx_conf_t* cf, LocationConf& conf) {
    conf.pages = pagesOf(cf, std::string(view(conf.templates)));
    if (!conf.pages)
        return failed;
    const auto language = languageNamed(view(conf.language), conf.pages->languages());
    if (!language) {
        std::string known;
        for (const Language& one : conf.pages->languages())
            known += (known.empty() ? "" : ", ") + one.tag;
        return fail(cf, "grantlink_language: there are no pages in \"" +
                            std::string(view(conf.language)) + "\"; there are " + known +
                            ", and grantlink_templates can add one");
    }
    conf.defaultLanguage = *language;
    return NGX_CONF_OK;
}

void inherit(LocationConf& conf, const LocationConf& above) {
    ngx_conf_merge_str_value(conf.store, above.store, "");
    ngx_conf_merge_str_value(conf.wake, above.wake, "");
    ngx_conf_merge_str_value(conf.templates, above.templates, "");
    ngx_conf_merge_str_value(conf.language, above.language, "en");
    if (!conf.keys)
        conf.keys = above.keys;
    if (!conf.threadPool)
        conf.threadPool = above.threadPool;
}

// The socket that grantlinkd makes in its edge store, unless the operator named another one.
ngx_str_t wakeSocketOf(ngx_conf_t* cf, const LocationConf& conf) {
    if (conf.wake.len > 0)
        return conf.wake;
    const std::string path = std::string(view(conf.store)) + "/wake.sock";
    ngx_str_t text = ngxStr(path);
    return {text.len, ngx_pstrdup(cf->pool, &text)};
}

// grantlinkd makes both in one directory.
ngx_str_t startSocketOf(ngx_conf_t* cf, const LocationConf& conf) {
    const std::string_view wake = view(conf.wakeSocket);
    const std::size_t slash = wake.rfind('/');
    const std::string_view directory = wake.substr(0, slash == wake.npos ? 0 : slash + 1);
    const std::string path = std::string(directory) + "start.sock";
    ngx_str_t text = ngxStr(path);
    return {text.len, ngx_pstrdup(cf->pool, &text)};
}

// What a location with a handler of ours needs beside its directives.
char* prepareLocation(ngx_conf_t* cf, LocationConf& conf) {
    if (conf.store.len == 0 || !conf.keys) {
        return fail(cf, "location \"" + std::string(view(coreConf(cf).name)) +
                            "\" has no edge store or no key; add \"grantlink_store DIRECTORY;\""
                            " and \"grantlink_key FILE;\" to the http block");
    }
    if (mergePages(cf, conf) != NGX_CONF_OK)
        return failed;
    conf.wakeSocket = wakeSocketOf(cf, conf);
    conf.startSocket = startSocketOf(cf, conf);
    auto& stores = mainConfOf(cf).stores;
    if (std::find(stores.begin(), stores.end(), view(conf.store)) == stores.end())
        stores.push_back(view(conf.store));
    auto* process = static_cast<ngx_core_conf_t*>(
        static_cast<void*>(ngx_get_conf(cf->cycle->conf_ctx, ngx_core_module)));
    if (process->master == 0) // `master_process off` commits on its own, see spool_writer.cpp
        return NGX_CONF_OK;
    if (!conf.threadPool)
        conf.threadPool = ownThreadPool(cf);
    return conf.threadPool ? NGX_CONF_OK : failed;
}

template <typename Body>
char* guarded(ngx_conf_t* cf, Body body) noexcept {
    return boundary(cf->log, failed, body);
}

} // namespace

char* setStore(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf, [&]() -> char* {
        auto& location = *static_cast<LocationConf*>(conf);
        if (location.store.data)
            return duplicate;
        const char* directory = path(cf);
        struct stat info {};
        if (::stat(directory, &info) != 0 || !S_ISDIR(info.st_mode))
            return fail(cf, "grantlink_store: there is no directory \"" + std::string(directory) +
                                "\"; 'grantlink init' makes it, or name the edge_store of "
                                "grantlink.toml here");
        // One spelling: LMDB must not open a directory twice in a process.
        const std::unique_ptr<char, decltype(&std::free)> real(::realpath(directory, nullptr),
                                                               std::free);
        ngx_str_t text = ngxStr(real ? real.get() : directory);
        location.store = {text.len, ngx_pstrdup(cf->pool, &text)};
        return NGX_CONF_OK;
    });
}

char* setKey(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf, [&]() -> char* {
        auto& location = *static_cast<LocationConf*>(conf);
        if (location.keys)
            return duplicate;
        auto keys = EdgeKeys::load(path(cf));
        if (!keys)
            return fail(cf, "grantlink_key: " + keys.error().message);
        location.keys = makeInPool<EdgeKeys>(cf->pool, std::move(*keys));
        return NGX_CONF_OK;
    });
}

char* setWake(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf, [&]() -> char* {
        auto& location = *static_cast<LocationConf*>(conf);
        if (location.wake.data)
            return duplicate;
        path(cf);
        if (argument(cf).len >= sizeof(sockaddr_un{}.sun_path))
            return fail(cf, "grantlink_wake: the path of a Unix socket has at most 107 characters; "
                            "choose a shorter one here and in grantlink.toml");
        location.wake = argument(cf);
        return NGX_CONF_OK;
    });
}

char* setThreadPool(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf, [&]() -> char* {
        auto& location = *static_cast<LocationConf*>(conf);
        if (location.threadPool)
            return duplicate;
        location.threadPool = ngx_thread_pool_add(cf, &argument(cf));
        return location.threadPool ? NGX_CONF_OK : failed;
    });
}

char* setTemplates(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf, [&]() -> char* {
        auto& location = *static_cast<LocationConf*>(conf);
        if (location.templates.data)
            return duplicate;
        path(cf);
        location.templates = argument(cf);
        return NGX_CONF_OK;
    });
}

char* setLanguage(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    auto& location = *static_cast<LocationConf*>(conf);
    if (location.language.data)
        return duplicate;
    location.language = argument(cf);
    return NGX_CONF_OK;
}

char* setApprove(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf, [&] { return setHandler(cf, conf, Handler::approve, "grantlink_approve"); });
}

char* setCallback(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf,
                   [&] { return setHandler(cf, conf, Handler::callback, "grantlink_callback"); });
}

char* setMetrics(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
    return guarded(cf, [&]() -> char* {
        ngx_http_core_loc_conf_t& core = coreConf(cf);
        if (core.handler)
            return failBesideAnother(cf, "grantlink_metrics");
        core.handler = onMetricsRequest;
        static_cast<LocationConf*>(conf)->metrics = true;
        return NGX_CONF_OK;
    });
}

void* createLocationConf(ngx_conf_t* cf) noexcept {
    return boundary(cf->log, static_cast<void*>(nullptr),
                    [&]() -> void* { return makeInPool<LocationConf>(cf->pool); });
}

char* mergeLocationConf(ngx_conf_t* cf, void* parent, void* child) noexcept {
    return guarded(cf, [&]() -> char* {
        const auto& above = *static_cast<const LocationConf*>(parent);
        auto& conf = *static_cast<LocationConf*>(child);
        auto* core = &coreConf(cf);
        filterErrorLog(cf, core->error_log);
        inherit(conf, above);
        // proxy_pass and its like take a location's handler away without a word.
        if (conf.metrics && core->handler != onMetricsRequest)
            return failBesideAnother(cf, "grantlink_metrics\" of location \"" +
                                             std::string(view(core->name)));
        // To nginx a block of `if` or `limit_except` is a location, to an operator it is not.
        if (core->noname && !core->handler && above.handler != Handler::none) {
            conf.handler = above.handler;
            core->handler = onRequest;
        }
        return conf.handler == Handler::none ? NGX_CONF_OK : prepareLocation(cf, conf);
    });
}

} // namespace grantlink
