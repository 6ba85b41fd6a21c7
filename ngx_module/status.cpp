// The status page of an attempt and the long poll behind it.
//
// Without JavaScript the page refreshes itself; with it, one request waits for the outcome. Waiting
// requests cost a look into the spool a few times a second, all from one timer.
#include "ngx_module/boundary.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/found_link.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/loop_timer.hpp"
#include "ngx_module/metrics.hpp"
#include "ngx_module/respond.hpp"
#include "ngx_module/start.hpp"

#include <algorithm>
#include <vector>

namespace grantlink {

namespace {

constexpr ngx_msec_t pollEvery = 200;     // ms between two looks
constexpr ngx_msec_t waitAtMost = 25'000; // ms; below the idle limits of proxies in between
constexpr std::size_t maxWaiting = 512;   // a worker
constexpr std::ptrdiff_t maxOfOne = 4;    // of one attempt; above both the page asks less often

struct Waiting {
    ngx_http_request_t* request;
    ngx_msec_t deadline;
};

std::vector<Waiting> waiting; // of this worker

void lookAgain(void*) noexcept;

LoopTimer timer(LoopTimer::Keeps::worker, lookAgain);

std::string_view outcomeOf(ngx_http_request_t* r, const Uuid& attempt) {
    const auto spool = EdgeStore::of(r).spool(r->connection->log);
    if (!spool)
        return "pending"; // the page that waits has nothing better to show
    const Spool::Attempt found = spool->find(attempt);
    if (found.outcome)
        return nameOf(found.outcome->outcome);
    return found.waiting ? "pending" : "unknown";
}

void forget(ngx_http_request_t* r) {
    longPollsEnded(std::erase_if(waiting, [r](const Waiting& w) { return w.request == r; }));
}

bool isDue(const Waiting& w, std::string_view outcome) {
    const bool over = static_cast<ngx_msec_int_t>(ngx_current_msec - w.deadline) >= 0;
    return outcome != "pending" || over || ngx_exiting || ngx_terminate;
}

void answer(ngx_http_request_t* r, std::string_view outcome) {
    ngx_connection_t* c = r->connection;
    forget(r);
    forgetBodyTimer(r);
    contextOf(r)->outcome = outcome;
    const ngx_int_t rc = boundary(c->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR},
                                  [&] { return sendOutcome(r, outcome); });
    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}

void look() {
    const std::vector<Waiting> now = waiting; // answering one may end others
    for (const Waiting& w : now) {
        const bool alive = std::any_of(waiting.begin(), waiting.end(), [&](const Waiting& other) {
            return other.request == w.request;
        });
        if (!alive)
            continue;
        const std::string_view outcome =
            boundary(w.request->connection->log, std::string_view("pending"),
                     [&] { return outcomeOf(w.request, *contextOf(w.request)->attempt); });
        if (isDue(w, outcome))
            answer(w.request, outcome);
    }
}

void lookAgain(void*) noexcept {
    boundary(ngx_cycle->log, 0, [] {
        look();
        return 0;
    });
    if (!waiting.empty())
        timer.start(pollEvery);
}

bool mayWait(const RequestContext& context) {
    const auto same = std::count_if(waiting.begin(), waiting.end(), [&](const Waiting& other) {
        return contextOf(other.request)->attempt == context.attempt;
    });
    return same < maxOfOne && waiting.size() < maxWaiting && !ngx_exiting;
}

ngx_int_t wait(ngx_http_request_t* r) {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, 0);
    if (!cleanup || endWhenClientGoes(r) != NGX_OK)
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    cleanup->data = r;
    cleanup->handler = [](void* data) { forget(static_cast<ngx_http_request_t*>(data)); };
    waiting.push_back({r, ngx_current_msec + waitAtMost});
    longPollsBegan(1);
    if (!timer.runs())
        timer.start(pollEvery);
    r->main->count++;
    return NGX_DONE;
}

Page pageOf(Outcome outcome) {
    switch (outcome) {
    case Outcome::connected:
        return Page::connected;
    case Outcome::declined:
        return Page::declined;
    case Outcome::wrongAccount:
        return Page::wrongAccount;
    case Outcome::replaced:
        return Page::replaced;
    case Outcome::expired:
        return Page::timedOut;
    case Outcome::cancelled:
        return Page::cancelled;
    case Outcome::alreadyConnected:
        return Page::alreadyConnected;
    case Outcome::providerError:
        break;
    }
    return Page::providerError;
}

// Pressing again makes sense: the attempt ended without a connection, and its link still works. It
// takes the browser that began it: an attempt's id is no secret, as its link is.
bool canRetry(ngx_http_request_t* r, const RequestContext& context, const FoundLink& link,
              const OutcomeRecord& ended) {
    const bool inVain =
        ended.outcome == Outcome::declined || ended.outcome == Outcome::wrongAccount ||
        ended.outcome == Outcome::expired || ended.outcome == Outcome::providerError;
    return inVain && link && link.view().generation == ended.generation && !obstacleToStart(link) &&
           beganHere(r, context, link, *context.attempt);
}

// Whether the buttons for the link's other accounts work here: whatever became of this one, under
// the same conditions.
bool canGoOn(ngx_http_request_t* r, const RequestContext& context, const FoundLink& link,
             const OutcomeRecord& ended) {
    return link && link.isShared() && link.view().generation == ended.generation &&
           !endOfAll(link) && beganHere(r, context, link, *context.attempt);
}

// The button of one of them.
ngx_int_t startOther(ngx_http_request_t* r, RequestContext& context, FoundLink& link) {
    if (!chooseAsked(context, link))
        return sendPage(r, Page::badRequest);
    if (const auto page = obstacleToStart(link))
        return sendPage(r, *page, {.link = &link});
    return startAttempt(r, context, link);
}

ngx_int_t sendEnded(ngx_http_request_t* r, RequestContext& context, FoundLink& link,
                    const OutcomeRecord& ended) {
    const bool retry = canRetry(r, context, link, ended);
    const bool goOn = canGoOn(r, context, link, ended);
    const bool pressed = r->method == NGX_HTTP_POST && !isCrossSite(r);
    if (pressed && goOn && !context.accountAsked.empty())
        return startOther(r, context, link);
    if (pressed && retry && context.accountAsked.empty())
        return startAttempt(r, context, link);
    const Page page = pageOf(ended.outcome);
    PageContent content{
        .link = link ? &link : nullptr, .retry = retry, .canStart = goOn, .status = NGX_HTTP_OK};
    (page == Page::wrongAccount ? content.approver : content.detail) = ended.detail;
    return sendPage(r, page, content);
}

} // namespace

ngx_int_t handleStatus(ngx_http_request_t* r, RequestContext& context) {
    EdgeStore& store = EdgeStore::of(r);
    const auto spool = store.spool(r->connection->log);
    if (!spool)
        return sendPage(r, Page::unavailable);
    const Spool::Attempt found = spool->find(*context.attempt);
    // grantlinkd publishes what an outcome changes about the link before the outcome itself.
    LinkReader* links = store.linksOfNow(r->connection->log);
    if (!links)
        return sendPage(r, Page::unavailable);
    if (!found.outcome && !found.waiting)
        return sendPage(r, Page::notFound);
    context.connection = found.outcome ? found.outcome->connection : *found.waiting;
    const auto snapshot = links->snapshot();
    FoundLink link(snapshot, *context.connection);
    if (link)
        context.provider = link.item().provider;
    if (found.outcome)
        return sendEnded(r, context, link, *found.outcome);
    return sendPage(r, Page::finishing, {.link = link ? &link : nullptr});
}

ngx_int_t handleOutcome(ngx_http_request_t* r, RequestContext& context) {
    const std::string_view outcome = outcomeOf(r, *context.attempt);
    context.outcome = outcome;
    const bool waits = outcome == "pending" && r->method != NGX_HTTP_HEAD && mayWait(context);
    return waits ? wait(r) : sendOutcome(r, outcome);
}

} // namespace grantlink
