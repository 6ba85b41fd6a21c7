// From a request to the handler of its route, with the methods each route knows.
#include "ngx_module/edge_store.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/respond.hpp"

namespace grantlink {

namespace {

struct Dispatch {
    Route route;
    ngx_uint_t methods;
    std::string_view allow;
    ngx_int_t (*handle)(ngx_http_request_t*, RequestContext&);
};

constexpr ngx_uint_t reading = NGX_HTTP_GET | NGX_HTTP_HEAD;

// HEAD is refused on the callback: it would use up a state that a GET is to follow with.
constexpr Dispatch dispatch[] = {
    {Route::approve, reading | NGX_HTTP_POST, "GET, HEAD, POST", handleApprove},
    {Route::confirm, reading | NGX_HTTP_POST, "GET, HEAD, POST", handleConfirm},
    {Route::status, reading | NGX_HTTP_POST, "GET, HEAD, POST", handleStatus},
    {Route::outcome, reading, "GET, HEAD", handleOutcome},
    {Route::asset, reading, "GET, HEAD", handleAsset},
    {Route::callback, NGX_HTTP_GET | NGX_HTTP_POST, "GET, POST", handleCallback},
};

ngx_int_t answer(ngx_http_request_t* r, RequestContext& request) {
    // Only the callback's body is of interest (form_post); it reads its own.
    if (request.route != Route::callback || r->method != NGX_HTTP_POST) {
        const ngx_int_t rc = ngx_http_discard_request_body(r);
        if (rc != NGX_OK)
            return rc;
    }
    if (request.route != Route::callback)
        EdgeStore::of(r).writer().servingOthers();
    for (const Dispatch& entry : dispatch)
        if (entry.route == request.route)
            return r->method & entry.methods ? entry.handle(r, request)
                                             : sendMethodNotAllowed(r, entry.allow);
    return sendPage(r, Page::notFound);
}

} // namespace

ngx_int_t onRequest(ngx_http_request_t* r) noexcept {
    // A subrequest's answer would land inside somebody else's page.
    RequestContext* request = contextOf(r);
    if (!request || r != r->main)
        return NGX_HTTP_NOT_FOUND;
    return answering(r, [&] { return answer(r, *request); });
}

} // namespace grantlink
