// The provider sends the browser back (RFC 6749, section 4.1.2): judge the response, then record
// it.
//
// Whatever comes, the answer is 303 to a URL without code and state.
#include "ngx_module/attempt_cookie.hpp"
#include "ngx_module/callback_parameters.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/confirm_value.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/recording.hpp"
#include "ngx_module/redact.hpp"
#include "ngx_module/respond.hpp"
#include "ngx_module/start.hpp"
#include "shared/sealed_code.hpp"

namespace grantlink {

namespace {

// RFC 9207, section 2.4: compared exactly, and required of providers that send it.
bool issuerFits(const ProviderView& provider, const CallbackParameters& parameters) {
    if (provider.issuer.empty())
        return true;
    return parameters.iss.empty() ? !provider.issExpected : parameters.iss == provider.issuer;
}

// Another browser than the one that pressed the button: a person has to say that it is meant.
ngx_int_t askToConfirm(ngx_http_request_t* r, RequestContext& context, const FoundLink& link,
                       const CallbackParameters& parameters) {
    CodeSealer sealer(locationConf(r).keys->sealKey().publicKey);
    const std::string sealed = sealer.seal(*context.attempt, parameters.codeText());
    context.outcome = "confirm";
    setConfirmCookie(r, link.site(), *context.attempt,
                     encodeConfirmValue(parameters.state, sealed));
    return sendRedirect(r, context.statusUrl + "/confirm");
}

// A response that fits a live attempt: it is recorded, unless a person has to be asked first.
ngx_int_t accept(ngx_http_request_t* r, RequestContext& context, const FoundLink& link,
                 const VerifiedState& verified, CallbackParameters& parameters) {
    const bool sameBrowser = beganHere(r, context, link, verified.state.attempt);
    if (parameters.error.empty())
        return sameBrowser ? recordCode(r, verified, std::move(parameters.code))
                           : askToConfirm(r, context, link, parameters);
    if (sameBrowser)
        return record(r, verified, ApprovalKind::error, parameters.error);
    // Whoever knows a link knows a state: from a foreign browser a refusal writes nothing.
    return sendProblem(r,
                       parameters.error == "access_denied" ? Page::declined : Page::providerError);
}

ngx_int_t judge(ngx_http_request_t* r, RequestContext& context, CallbackParameters& parameters) {
    const auto verified = decodeState(parameters.state, *locationConf(r).keys);
    if (!verified)
        return sendProblem(r, Page::badRequest);
    const State& state = verified->state;
    context.attempt = state.attempt;
    context.connection = state.connection;
    LinkReader* links = EdgeStore::of(r).links(r->connection->log);
    if (!links)
        return sendProblem(r, Page::notRecorded);
    const auto snapshot = links->snapshot();
    const auto newest = snapshot.newestOf(state.connection);
    if (!newest)
        return sendProblem(r, Page::notFound);
    links->prefetchSlot(newest->locator()); // comes while the spool is looked into
    const bool known = isKnown(r, state.attempt);
    links->prefetchEntry(newest->locator());
    const FoundLink link(snapshot, *newest, state.connection);
    if (!link)
        return sendProblem(r, Page::notFound);
    if (!link.provider())
        return sendProblem(r, Page::cancelled);
    if (link.item().provider != context.provider || !issuerFits(*link.provider(), parameters))
        return sendProblem(r, Page::badRequest);
    context.statusUrl = statusUrlOf(link.site(), state.attempt);
    if (known) {
        context.outcome = "replayed";
        return sendToStatus(r, context);
    }
    if (const auto page = obstacle(state, link))
        return sendProblem(r, *page);
    if (parameters.code.empty() == parameters.error.empty())
        return sendProblem(r, Page::badRequest);
    return accept(r, context, link, *verified, parameters);
}

// Where sendProblem() sent the browser: nothing but the name of a page.
ngx_int_t showProblem(ngx_http_request_t* r, const std::string& name) {
    const auto page = pageNamed(name);
    const bool fits = page && (infoOf(*page).status >= 400 || *page == Page::declined ||
                               *page == Page::providerError);
    return sendPage(r, fits ? *page : Page::badRequest);
}

ngx_int_t handleQuery(ngx_http_request_t* r, RequestContext& context) {
    auto parameters = parseCallbackParameters(textOf(context.query));
    if (!parameters)
        return sendProblem(r, Page::badRequest);
    if (parameters->state.empty() && parameters->code.empty())
        return showProblem(r, parameters->problem);
    return judge(r, context, *parameters);
}

// The whole body, when nginx kept it in memory and it is not larger than a response can be.
std::optional<CallbackParameters> parseBody(ngx_http_request_t* r) {
    SecretBytes body;
    constexpr std::size_t limit = 3 * maxCodeLength + 4096;
    if (!r->request_body)
        return std::nullopt;
    const bool inMemory = !r->request_body->temp_file;
    for (ngx_chain_t* link = r->request_body->bufs; link && inMemory; link = link->next)
        if (body.size() <= limit)
            body.insert(body.end(), link->buf->pos, link->buf->last);
    wipeBody(r);
    if (!inMemory || body.size() > limit)
        return std::nullopt;
    return parseCallbackParameters(textOf(body));
}

void onBody(ngx_http_request_t* r) {
    const ngx_int_t rc = answering(r, [&] {
        auto parameters = parseBody(r);
        return parameters ? judge(r, *contextOf(r), *parameters) : sendProblem(r, Page::badRequest);
    });
    ngx_http_finalize_request(r, rc);
}

} // namespace

ngx_int_t handleCallback(ngx_http_request_t* r, RequestContext& context) {
    if (r->method != NGX_HTTP_POST)
        return handleQuery(r, context);
    // OAuth 2.0 Form Post Response Mode. nginx bounds the body by client_max_body_size.
    const ngx_int_t rc = ngx_http_read_client_request_body(r, onBody);
    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}

} // namespace grantlink
