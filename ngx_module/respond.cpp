#include "ngx_module/respond.hpp"

#include "ngx_module/conf.hpp"
#include "ngx_module/page_files.hpp"
#include "ngx_module/request_context.hpp"

#include <ctime>

namespace grantlink {

namespace {

constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view json = "application/json";

ngx_str_t copyToPool(ngx_pool_t* pool, std::string_view text) {
    auto* memory = static_cast<u_char*>(ngx_pnalloc(pool, text.size()));
    if (!memory)
        throw std::bad_alloc();
    std::copy(text.begin(), text.end(), memory);
    return {text.size(), memory};
}

// `name` and `value` outlive the request.
ngx_table_elt_t* pushHeader(ngx_http_request_t* r, ngx_str_t name, ngx_str_t value) {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_out.headers));
    if (!header)
        throw std::bad_alloc();
    *header = {};
    header->hash = 1;
    header->key = name;
    header->value = value;
    return header;
}

void addStatic(ngx_http_request_t* r, std::string_view name, std::string_view value) {
    pushHeader(r, ngxStr(name), ngxStr(value));
}

void addSafetyHeaders(ngx_http_request_t* r, std::string_view cacheControl) {
    addStatic(r, "Cache-Control", cacheControl);
    addStatic(r, "Referrer-Policy", "no-referrer");
    addStatic(r, "X-Content-Type-Options", "nosniff");
    addStatic(r, "X-Robots-Tag", "noindex, nofollow");
}

ngx_int_t sendHeader(ngx_http_request_t* r, unsigned status, std::string_view type,
                     std::size_t length) {
    r->headers_out.status = status;
    r->headers_out.content_type = ngxStr(type);
    r->headers_out.content_type_len = type.size();
    r->headers_out.content_length_n = static_cast<off_t>(length);
    return ngx_http_send_header(r);
}

ngx_int_t sendBuffer(ngx_http_request_t* r, unsigned status, std::string_view type,
                     ngx_buf_t* body) {
    body->last_buf = r == r->main;
    body->last_in_chain = 1;
    const ngx_int_t rc = sendHeader(r, status, type, ngx_buf_size(body));
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only)
        return rc;
    ngx_chain_t chain{body, nullptr};
    return ngx_http_output_filter(r, &chain);
}

// A buffer over memory that lives as long as the process.
ngx_buf_t* staticBuffer(ngx_http_request_t* r, std::string_view text) {
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(r->pool));
    if (!buffer)
        throw std::bad_alloc();
    const ngx_str_t memory = ngxStr(text);
    buffer->pos = buffer->start = memory.data;
    buffer->last = buffer->end = memory.data + memory.len;
    buffer->memory = !text.empty();
    return buffer;
}

ngx_buf_t* rendered(ngx_http_request_t* r, const Template& page, const PageValues& values) {
    ngx_buf_t* buffer = ngx_create_temp_buf(r->pool, page.size(values));
    if (!buffer)
        throw std::bad_alloc();
    char* end = page.render(values, reinterpret_cast<char*>(buffer->pos));
    buffer->last = reinterpret_cast<u_char*>(end);
    return buffer;
}

// "8 December 2026"; in UTC, because the recipient's zone is not known here.
std::string dateOf(TimeMs time) {
    const std::time_t seconds = static_cast<std::time_t>(time / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%-d %B %Y", &parts));
}

} // namespace

ngx_int_t sendPage(ngx_http_request_t* r, Page page, const PageValues& values, unsigned status) {
    const PageInfo& info = infoOf(page);
    const PageSet& pages = *mainConf(r).pages;
    if (RequestContext* context = contextOf(r))
        context->outcome = info.name;
    addSafetyHeaders(r, "no-store");
    addStatic(r, "Content-Security-Policy", pages.contentSecurityPolicy());
    addStatic(r, "X-Frame-Options", "DENY");
    return sendBuffer(r, status ? status : info.status, html, rendered(r, pages[page], values));
}

ngx_int_t sendRedirect(ngx_http_request_t* r, std::string_view location) {
    addSafetyHeaders(r, "no-store");
    r->headers_out.location = pushHeader(r, ngxStr("Location"), copyToPool(r->pool, location));
    return sendBuffer(r, NGX_HTTP_SEE_OTHER, "text/plain", staticBuffer(r, {}));
}

ngx_int_t sendOutcome(ngx_http_request_t* r, std::string_view outcome) {
    const std::string text = "{\"outcome\":\"" + std::string(outcome) + "\"}\n";
    const ngx_str_t body = copyToPool(r->pool, text);
    addSafetyHeaders(r, "no-store");
    return sendBuffer(r, NGX_HTTP_OK, json, staticBuffer(r, view(body)));
}

ngx_int_t sendMethodNotAllowed(ngx_http_request_t* r, std::string_view allow) {
    addStatic(r, "Allow", allow);
    return sendPage(r, Page::badRequest, {}, NGX_HTTP_NOT_ALLOWED);
}

ngx_int_t sendScript(ngx_http_request_t* r) {
    addSafetyHeaders(r, "public, max-age=86400");
    return sendBuffer(r, NGX_HTTP_OK, "text/javascript; charset=utf-8",
                      staticBuffer(r, pageFile("status.js")));
}

ngx_int_t sendProblem(ngx_http_request_t* r, Page page, const PageValues& values) {
    RequestContext* context = contextOf(r);
    if (!context || context->route != Route::callback)
        return sendPage(r, page, values);
    context->outcome = infoOf(page).name;
    return sendRedirect(r, "?problem=" + std::string(infoOf(page).name));
}

void addHeader(ngx_http_request_t* r, std::string_view name, std::string_view value) {
    pushHeader(r, copyToPool(r->pool, name), copyToPool(r->pool, value));
}

PageValues valuesOf(const LinkView& link, const LinkItem& item, const ProviderView* provider,
                    std::string& memory) {
    memory = dateOf(link.expires);
    PageValues out;
    out[Slot::requester] = link.requester;
    out[Slot::account] = item.account;
    out[Slot::provider] = provider ? std::string_view(provider->name) : item.provider;
    out[Slot::expires] = memory;
    return out;
}

} // namespace grantlink
