// The approval page and its button. Neither writes anything: mail scanners and link previews fetch
// links and even submit forms. grantlinkd is told of both.
#include "ngx_module/edge_store.hpp"
#include "ngx_module/found_link.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/recording.hpp"
#include "ngx_module/request_language.hpp"
#include "ngx_module/respond.hpp"
#include "ngx_module/start.hpp"

namespace grantlink {

namespace {

void tellOpened(ngx_http_request_t* r, const FoundLink& link) {
    if (r->method == NGX_HTTP_GET)
        EdgeStore::visited(r, {link.item().connection, link.view().generation});
}

// The button; but who has begun already is told so, and who has approved sees what comes of it.
ngx_int_t sendReady(ngx_http_request_t* r, RequestContext& context, const FoundLink& link) {
    const auto begun = attemptBegun(r, context, link, link.item());
    const auto spool = begun ? EdgeStore::of(r).spool(r->connection->log) : nullptr;
    const Spool::Attempt found = spool ? spool->find(*begun) : Spool::Attempt{};
    if (found.waiting) {
        rememberLanguage(r, context);
        return sendRedirect(r, statusUrlOf(link.site(), *begun));
    }
    tellOpened(r, link);
    return sendPage(r, begun && !found.outcome ? Page::begun : Page::ready, {.link = &link});
}

// A button for each account of several.
ngx_int_t sendAccounts(ngx_http_request_t* r, const FoundLink& link) {
    const auto end = endOfAll(link);
    if (!end)
        tellOpened(r, link);
    return sendPage(r, end.value_or(Page::accounts), {.link = &link, .canStart = !end});
}

} // namespace

ngx_int_t handleApprove(ngx_http_request_t* r, RequestContext& context) {
    LinkReader* links = EdgeStore::of(r).links(r->connection->log);
    if (!links)
        return sendPage(r, Page::unavailable);
    if (!context.link)
        return sendPage(r, Page::notFound);
    const auto snapshot = links->snapshot();
    FoundLink link(snapshot, *context.link);
    if (!link)
        return sendPage(r, Page::notFound);
    context.connection = link.item().connection;
    context.provider = link.item().provider;
    const bool pressed = r->method == NGX_HTTP_POST && !context.accountAsked.empty();
    if (link.isShared() && !pressed)
        return sendAccounts(r, link);
    if (pressed && !chooseAsked(context, link))
        return sendPage(r, Page::badRequest);
    if (const auto page = obstacleToStart(link))
        return sendPage(r, *page, {.link = &link});
    // A foreign page may hold the link and press the button for somebody: then they see ours first.
    if (r->method == NGX_HTTP_POST && !isCrossSite(r))
        return startAttempt(r, context, link);
    return link.isShared() ? sendAccounts(r, link) : sendReady(r, context, link);
}

} // namespace grantlink
