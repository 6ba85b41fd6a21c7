#include "ngx_module/start.hpp"

#include "ngx_module/attempt_cookie.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/pushed_start.hpp"
#include "ngx_module/recording.hpp"
#include "ngx_module/respond.hpp"
#include "shared/attempt.hpp"

#include <algorithm>

namespace grantlink {

namespace {

// The authorization request (RFC 6749, section 4.1.1): the daemon prepared its fixed part.
std::string authorizationUrl(const ProviderView& provider, const AttemptValues& values,
                             const EdgeKey& key, const Uuid& attempt) {
    std::string url;
    url.reserve(provider.authorizeUrl.size() + 256);
    url.append(provider.authorizeUrl).append("state=");
    url.append(values.state.data(), values.state.size());
    if (hasChallenge(attempt))
        url.append("&code_challenge=")
            .append(pkceChallenge(values.pkceVerifier))
            .append("&code_challenge_method=S256");
    if (provider.nonce)
        url.append("&nonce=").append(oidcNonce(key, attempt));
    return url;
}

// The system's randomness, some hundred attempts at a time. Each byte is used once, and by the
// process that asked for it: a fork would make two of it.
class RandomSupply {
  public:
    std::span<const std::uint8_t, Uuid::randomLength> next() {
        if (owner_ != ngx_pid || used_ + Uuid::randomLength > supply_.size()) {
            randombytes_buf(supply_.data(), supply_.size());
            owner_ = ngx_pid;
            used_ = 0;
        }
        const std::span<const std::uint8_t, Uuid::randomLength> out(&supply_.bytes[used_],
                                                                    Uuid::randomLength);
        used_ += Uuid::randomLength;
        return out;
    }

  private:
    SecretArray<128 * Uuid::randomLength> supply_;
    std::size_t used_ = 0;
    ngx_pid_t owner_ = 0;
};

RandomSupply randomSupply; // of this worker

bool wantsJson(ngx_http_request_t* r) {
    bool out = false;
    eachHeader(r, "accept",
               [&](const ngx_str_t& value) { out = view(value) == "application/json"; });
    return out;
}

ngx_int_t sendToProvider(ngx_http_request_t* r, const SiteView& site, const State& state,
                         const AttemptValues& values, std::string_view url) {
    contextOf(r)->outcome = "started";
    EdgeStore::visited(r, {state.connection, state.generation, state.attempt});
    setAttemptCookie(r, site, state.attempt, {values.cookie.data(), values.cookie.size()});
    if (wantsJson(r))
        return sendStarted(r, url, statusUrlOf(site, state.attempt));
    return sendRedirect(r, url);
}

// Seconds may have gone by: the link is looked up once more.
ngx_int_t onPushed(ngx_http_request_t* r, std::string_view url) {
    RequestContext& context = *contextOf(r);
    LinkReader* links = EdgeStore::of(r).links(r->connection->log);
    if (!links)
        return sendPage(r, Page::unavailable);
    const auto snapshot = links->snapshot();
    const FoundLink link(snapshot, *context.connection);
    if (!link)
        return sendPage(r, Page::notFound);
    if (const auto page = obstacleToStart(link))
        return sendPage(r, *page, {.link = &link});
    if (link.view().generation != context.generation)
        return sendPage(r, Page::replaced, {.link = &link});
    if (url.empty())
        return sendPage(r, Page::notStarted, {.link = &link, .retry = true});
    const State state{*context.attempt, *context.connection, context.generation};
    return sendToProvider(r, link.site(), state, valuesOf(state, locationConf(r).keys->current()),
                          url);
}

} // namespace

std::optional<Page> endOf(const FoundLink& link) {
    const bool isAsked = link.provider() && !link.item().withdrawn;
    if (link.view().status == LinkStatus::cancelled || !isAsked)
        return Page::cancelled;
    if (link.view().status == LinkStatus::replaced)
        return Page::replaced;
    if (link.item().connected)
        return Page::alreadyConnected;
    return std::nullopt;
}

std::optional<Page> endOfAll(const FoundLink& link) {
    if (link.view().status == LinkStatus::cancelled)
        return Page::cancelled;
    if (link.view().status == LinkStatus::replaced)
        return Page::replaced;
    const auto& items = link.view().items;
    const bool waits = std::any_of(items.begin(), items.end(), [](const LinkItem& item) {
        return !item.withdrawn && !item.connected;
    });
    if (!waits)
        return Page::alreadyConnected;
    return link.view().expires <= loopTimeMs() ? std::optional(Page::expired) : std::nullopt;
}

bool chooseAsked(RequestContext& context, FoundLink& link) {
    if (!context.accountAsked.empty()) {
        const auto connection = Uuid::parse(context.accountAsked);
        if (!connection || !link.choose(*connection))
            return false;
    }
    context.connection = link.item().connection;
    context.provider = link.item().provider;
    return true;
}

std::optional<Page> obstacleToStart(const FoundLink& link) {
    if (const auto end = endOf(link))
        return end;
    if (link.provider()->authorizeUrl.empty()) // its endpoints have not been discovered yet
        return Page::unavailable;
    return link.view().expires <= loopTimeMs() ? std::optional(Page::expired) : std::nullopt;
}

ngx_int_t startAttempt(ngx_http_request_t* r, RequestContext& context, const FoundLink& link) {
    if (!EdgeStore::of(r).spool(r->connection->log)) // what they come back with could not be kept
        return sendPage(r, Page::unavailable);
    const EdgeKey& key = locationConf(r).keys->current();
    const Uuid attempt = newAttempt(loopTimeMs(), randomSupply.next(), link.provider()->pkce);
    context.attempt = attempt;
    const State state{attempt, link.item().connection, link.view().generation};
    const AttemptValues values = valuesOf(state, key);
    if (link.provider()->pushed) {
        context.connection = state.connection;
        context.generation = state.generation;
        context.outcome = "pending"; // for a client that does not wait
        if (pushStart(r, view(locationConf(r).startSocket), values.state, onPushed))
            return NGX_DONE;
        return sendPage(r, Page::notStarted, {.link = &link, .retry = true});
    }
    return sendToProvider(r, link.site(), state, values,
                          authorizationUrl(*link.provider(), values, key, attempt));
}

bool beganHere(ngx_http_request_t* r, const RequestContext& context, const FoundLink& link,
               const Uuid& attempt) {
    return decodeBrowserCookie(attemptCookie(context, link.site(), attempt), link.item().connection,
                               link.view().generation, *locationConf(r).keys) == attempt;
}

std::optional<Uuid> attemptBegun(ngx_http_request_t* r, const RequestContext& context,
                                 const FoundLink& link, const LinkItem& item) {
    for (const Cookie& cookie : context.cookies) {
        const auto attempt = decodeBrowserCookie(textOf(cookie.value), item.connection,
                                                 link.view().generation, *locationConf(r).keys);
        if (attempt && attemptIsCurrent(*attempt, link.site().attemptLifetime, loopTimeMs()) &&
            attemptCookie(context, link.site(), *attempt) == textOf(cookie.value))
            return attempt;
    }
    return std::nullopt;
}

} // namespace grantlink
