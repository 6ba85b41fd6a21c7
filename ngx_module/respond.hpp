// Answers: pages, redirects, the long poll's JSON, assets. None is cached but assets.
//
// Each function answers what the content handler returns to nginx.
#pragma once

#include "ngx_module/boundary.hpp"
#include "ngx_module/found_link.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/page_set.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// What a page shows beside its own words. All of it is read before sendPage() returns.
struct PageContent {
    const FoundLink* link = nullptr; // null: not known
    std::string_view approver = {};  // of Page::wrongAccount
    std::string_view detail = {};    // what the provider said
    bool retry = false;              // pressing again makes sense, by POST to this very URL
    bool canStart = false;           // so do buttons of the link's other accounts
    unsigned status = 0;             // HTTP status; 0: the page's own
};

// What every answer to a recipient has, whatever it will be and whoever gives it: a module that
// refuses the request before us too.
void addSafetyHeaders(ngx_http_request_t* r);

// What was prepared for an answer that then failed.
void forgetAnswer(ngx_http_request_t* r);

ngx_int_t sendPage(ngx_http_request_t* r, Page page, const PageContent& content = {});

// 303 See Other: the browser follows with GET, whatever the method was (RFC 9110, 15.4.4).
ngx_int_t sendRedirect(ngx_http_request_t* r, std::string_view location);

// The two answers to our own scripts, in JSON.
ngx_int_t sendStarted(ngx_http_request_t* r, std::string_view location, std::string_view status);
ngx_int_t sendOutcome(ngx_http_request_t* r, std::string_view outcome);

ngx_int_t sendMethodNotAllowed(ngx_http_request_t* r, std::string_view allow);

// A script, style sheet or image. `cacheControl` is static text, `body` lives as long as the
// request at least.
ngx_int_t sendAsset(ngx_http_request_t* r, std::string_view type, std::string_view cacheControl,
                    std::string_view body);

// Where something has failed: on the callback a redirect to the same path without code and state,
// elsewhere the page itself.
ngx_int_t sendProblem(ngx_http_request_t* r, Page page);

// Runs what answers a request. An exception is logged; the recipient reads that it will pass.
template <typename Body>
ngx_int_t answering(ngx_http_request_t* r, Body body) noexcept {
    ngx_log_t* log = r->connection->log;
    const auto rc =
        boundary(log, std::optional<ngx_int_t>(), [&] { return std::optional(body()); });
    if (rc)
        return *rc;
    if (r->header_sent)
        return NGX_ERROR;
    forgetAnswer(r);
    return boundary(log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                    [&] { return sendProblem(r, Page::unavailable); });
}

// Of a location that is not one of the recipient's; `text` is copied.
ngx_int_t sendText(ngx_http_request_t* r, unsigned status, std::string_view type,
                   std::string_view text);

void addHeader(ngx_http_request_t* r, std::string_view name, std::string_view value); // both copied

// Set-Cookie. Its value is overwritten before anything is logged.
void addCookie(ngx_http_request_t* r, std::string_view cookie);

// A copy that lives as long as the request.
std::string_view keepText(ngx_http_request_t* r, std::string_view text);

} // namespace grantlink
