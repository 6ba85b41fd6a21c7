// The confirm page: a callback came without the cookie of its attempt, because an in-app browser or
// another device took over. The page names account and requester; one button records the approval.
//
// State and sealed code travel in a cookie of this browser. The button is a POST from our own page:
// SameSite=Lax keeps the cookie from a foreign one, and Sec-Fetch-Site says so where it is sent.
#include "ngx_module/attempt_cookie.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/confirm_value.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/recording.hpp"
#include "ngx_module/respond.hpp"

namespace grantlink {

ngx_int_t handleConfirm(ngx_http_request_t* r, RequestContext& context) {
    const Uuid& attempt = *context.attempt;
    // Which of the two names counts is known only with the link, so it is looked at again below.
    const std::string_view cookie = confirmCookie(context, attempt);
    const auto carried = parseConfirmValue(cookie, attempt, *locationConf(r).keys);
    if (!carried || (r->method == NGX_HTTP_POST && isCrossSite(r)))
        return sendPage(r, Page::badRequest);
    const State& state = carried->verified.state;
    context.connection = state.connection;
    LinkReader* links = EdgeStore::of(r).links(r->connection->log);
    if (!links)
        return sendPage(r, Page::unavailable);
    const auto snapshot = links->snapshot();
    const FoundLink link(snapshot, state.connection);
    if (!link)
        return sendPage(r, Page::notFound);
    if (confirmCookie(context, link.site(), attempt) != cookie)
        return sendPage(r, Page::badRequest);
    context.provider = link.item().provider;
    context.statusUrl = statusUrlOf(link.site(), attempt);
    if (isKnown(r, attempt)) {
        context.outcome = "replayed";
        return sendToStatus(r, context);
    }
    if (const auto page = obstacle(state, link))
        return sendPage(r, *page, {.link = &link});
    if (r->method != NGX_HTTP_POST)
        return sendPage(r, Page::confirm, {.link = &link});
    return record(r, carried->verified, ApprovalKind::code, carried->sealed);
}

} // namespace grantlink
