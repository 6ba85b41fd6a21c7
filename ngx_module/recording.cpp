#include "ngx_module/recording.hpp"

#include "ngx_module/attempt_cookie.hpp"
#include "ngx_module/boundary.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/respond.hpp"

namespace grantlink {

namespace {

ngx_int_t answer(ngx_http_request_t* r, WriteResult result) {
    RequestContext& context = *contextOf(r);
    switch (result) {
    case WriteResult::stored:
        context.outcome = "recorded";
        return sendToStatus(r, context);
    case WriteResult::replayed:
        context.outcome = "replayed";
        return sendToStatus(r, context);
    case WriteResult::expired:
        return sendProblem(r, Page::timedOut);
    case WriteResult::tooMany:
        return sendProblem(r, Page::tooMany);
    case WriteResult::storeFull:
    case WriteResult::failed:
        break;
    }
    return sendProblem(r, Page::notRecorded);
}

void onWritten(ngx_http_request_t* r, WriteResult result) {
    RequestContext& context = *contextOf(r);
    context.waiting = false;
    if (r->connection->error) { // the client has gone; what was recorded stays recorded
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }
    const ngx_int_t rc = boundary(r->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                                  [&] { return answer(r, result); });
    ngx_http_finalize_request(r, rc);
}

// While the write is in the thread pool a write event has nothing to do.
void onWriteEvent(ngx_http_request_t*) {}

} // namespace

std::optional<Page> obstacle(const State& state, const LinkView& link, const SiteView& site) {
    const LinkItem* item = link.find(state.connection);
    if (!item)
        return Page::notFound;
    if (link.status == LinkStatus::cancelled)
        return Page::cancelled;
    if (link.status == LinkStatus::replaced || link.generation != state.generation)
        return Page::replaced;
    if (!attemptIsCurrent(state.attempt, site.attemptLifetime, loopTimeMs()))
        return Page::timedOut;
    if (item->connected)
        return Page::alreadyConnected;
    return std::nullopt;
}

bool isKnown(ngx_http_request_t* r, const Uuid& attempt) {
    const auto spool = EdgeStore::of(r).spool(r->connection->log);
    if (!spool)
        return false;
    const Spool::Attempt found = spool->find(attempt);
    return found.outcome || found.waiting;
}

ngx_int_t record(ngx_http_request_t* r, RequestContext& context, const VerifiedState& verified,
                 ApprovalKind kind, std::string_view payload) {
    EdgeStore& store = EdgeStore::of(r);
    auto spool = store.spool(r->connection->log);
    if (!spool || store.writer().full())
        return sendProblem(r, Page::notRecorded);
    const LocationConf& conf = locationConf(r);
    const State& state = verified.state;
    const Approval approval{
        kind,         verified.key->id, conf.keys->sealKey().id, state.connection, state.generation,
        loopTimeMs(), payload};
    context.waiting = true;
    r->write_event_handler = onWriteEvent;
    store.writer().submit(r, std::move(spool), conf.threadPool,
                          {state.attempt, state.connection, encodeApproval(approval)}, onWritten);
    return NGX_DONE;
}

ngx_int_t sendToStatus(ngx_http_request_t* r, RequestContext& context) {
    clearCookies(r, context, *context.attempt);
    return sendRedirect(r, context.statusUrl);
}

std::string statusUrlOf(const SiteView& site, const Uuid& attempt) {
    return site.attemptsUrl + attempt.text();
}

} // namespace grantlink
