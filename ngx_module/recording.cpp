#include "ngx_module/recording.hpp"

#include "ngx_module/attempt_cookie.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/metrics.hpp"
#include "ngx_module/respond.hpp"
#include "ngx_module/start.hpp"

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
    if (r->connection->error) { // the client has gone; what was recorded stays recorded
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }
    forgetBodyTimer(r);
    ngx_http_finalize_request(r, answering(r, [&] { return answer(r, result); }));
}

Recording recordingOf(ngx_http_request_t* r, const VerifiedState& verified, ApprovalKind kind) {
    const SealKey& seal = locationConf(r).keys->sealKey();
    const State& state = verified.state;
    Recording out;
    out.attempt = state.attempt;
    out.approval = {
        kind, verified.key->id, seal.id, state.connection, state.generation, loopTimeMs(), {}};
    out.sealTo = seal.publicKey;
    return out;
}

ngx_int_t submit(ngx_http_request_t* r, Recording recording) {
    EdgeStore& store = EdgeStore::of(r);
    auto spool = store.spool(r->connection->log);
    if (!spool || store.writer().full()) {
        countApproval(WriteResult::failed);
        return sendProblem(r, Page::notRecorded);
    }
    const LocationConf& conf = locationConf(r);
    store.writer().submit(r, {std::move(spool), conf.threadPool, view(conf.wakeSocket)},
                          std::move(recording), onWritten);
    return NGX_DONE;
}

} // namespace

std::optional<Page> obstacle(const State& state, const FoundLink& link) {
    if (const auto end = endOf(link))
        return end;
    if (link.view().generation != state.generation)
        return Page::replaced;
    const bool current = attemptIsCurrent(state.attempt, link.site().attemptLifetime, loopTimeMs());
    return current ? std::nullopt : std::optional(Page::timedOut);
}

bool isKnown(ngx_http_request_t* r, const Uuid& attempt) {
    const auto spool = EdgeStore::of(r).spool(r->connection->log);
    if (!spool)
        return false;
    const Spool::Attempt found = spool->find(attempt);
    return found.outcome || found.waiting;
}

ngx_int_t recordCode(ngx_http_request_t* r, const VerifiedState& verified, SecretBytes code) {
    Recording recording = recordingOf(r, verified, ApprovalKind::code);
    recording.code = std::move(code);
    return submit(r, std::move(recording));
}

ngx_int_t record(ngx_http_request_t* r, const VerifiedState& verified, ApprovalKind kind,
                 std::string_view payload) {
    Recording recording = recordingOf(r, verified, kind);
    recording.payload = payload;
    return submit(r, std::move(recording));
}

ngx_int_t sendToStatus(ngx_http_request_t* r, RequestContext& context) {
    clearConfirmCookie(r, context, *context.attempt);
    return sendRedirect(r, context.statusUrl);
}

std::string statusUrlOf(const SiteView& site, const Uuid& attempt) {
    return site.attemptsUrl + attempt.text();
}

} // namespace grantlink
