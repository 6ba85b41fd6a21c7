#include "ngx_module/request_context.hpp"

#include "ngx_module/boundary.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/log_filter.hpp"
#include "ngx_module/query_value.hpp"
#include "ngx_module/redact.hpp"
#include "ngx_module/respond.hpp"

namespace grantlink {

namespace {

// The decoded path behind the location's prefix; an internal redirect may have left it altogether.
std::string_view behindPrefix(ngx_http_request_t* r) {
    const auto* location = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(r, ngx_http_core_module));
    const std::string_view path = view(r->uri), prefix = view(location->name);
    return path.starts_with(prefix) ? path.substr(prefix.size()) : std::string_view();
}

void fill(RequestContext& context, const RoutePath& path, ngx_http_request_t* r) {
    context.route = path.route;
    context.languageAsked = queryValue(view(r->args), "lang");
    if (path.route == Route::approve || path.route == Route::status)
        context.accountAsked = queryValue(view(r->args), "account");
    if (path.route == Route::asset)
        context.asset = path.last;
    if (path.route == Route::status || path.route == Route::confirm || path.route == Route::outcome)
        context.attempt = path.attempt;
    if (path.route == Route::callback) {
        context.provider = path.last;
        context.query = secretCopy(view(r->args));
    }
}

// The link whose token came with the request. The memory is asked for it step by step, while other
// things are done.
class ExpectedLink {
  public:
    ExpectedLink(ngx_http_request_t* r, const RoutePath& path) : r_(r) {
        if (path.route == Route::approve)
            token_ = LinkToken::parse(path.last);
        if (token_)
            EdgeStore::prefetchSlot(r, token_->locator());
    }

    std::optional<LinkKey> key() const {
        if (!token_)
            return std::nullopt;
        EdgeStore::prefetchEntry(r_, token_->locator());
        return token_->key();
    }

  private:
    ngx_http_request_t* r_;
    std::optional<LinkToken> token_;
};

} // namespace

const Cookie* RequestContext::cookie(std::string_view name) const {
    for (const Cookie& cookie : cookies)
        if (cookie.name == name)
            return &cookie;
    return nullptr;
}

RequestContext* contextOf(ngx_http_request_t* r) {
    return static_cast<RequestContext*>(ngx_http_get_module_ctx(r, ngx_http_grantlink_module));
}

RequestContext* lastContextOf(ngx_http_request_t* r) {
    RequestContext* context = contextOf(r);
    const bool lost = !context && r == r->main && (r->internal || r->filter_finalize);
    return lost ? findInPool<RequestContext>(r->pool) : context;
}

ngx_int_t onRewrite(ngx_http_request_t* r) noexcept {
    return boundary(r->connection->log, NGX_HTTP_INTERNAL_SERVER_ERROR, [&]() -> ngx_int_t {
        const LocationConf& conf = locationConf(r);
        if (conf.handler == Handler::none && r->internal && !contextOf(r))
            redactRedirected(r);
        if (conf.handler == Handler::none || contextOf(r))
            return NGX_DECLINED;
        auto* context = makeInPool<RequestContext>(r->pool);
        const std::string_view rest = behindPrefix(r);
        const RoutePath path =
            conf.handler == Handler::approve ? parseApprovePath(rest) : parseCallbackPath(rest);
        const ExpectedLink link(r, path);
        fill(*context, path, r);
        if (r == r->main) // a subrequest shares its headers
            takeCookies(r, &context->cookies);
        redactRequest(r, rest.size(), mayBeLogged(path.route));
        // Only now: a request that has a context has been redacted.
        ngx_http_set_ctx(r, context, ngx_http_grantlink_module);
        if (r == r->main)
            addSafetyHeaders(r);
        context->link = link.key();
        return NGX_DECLINED;
    });
}

} // namespace grantlink
