// The approval page and its button.
//
// Neither writes anything: mail scanners and link previews fetch links and even submit forms, and
// anonymous traffic must not grow the store. All that an attempt needs is derived from its id.
#include "ngx_module/attempt_cookie.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/respond.hpp"
#include "shared/attempt.hpp"

namespace grantlink {

namespace {

const LinkItem* firstToApprove(const LinkView& link) {
    for (std::size_t i = 0; i < link.itemCount; ++i)
        if (!link.items[i].connected)
            return &link.items[i];
    return nullptr;
}

Page pageOf(const LinkView& link, const LinkItem* item) {
    if (link.status == LinkStatus::cancelled)
        return Page::cancelled;
    if (link.status == LinkStatus::replaced)
        return Page::replaced;
    if (!item)
        return Page::alreadyConnected;
    return link.expires <= loopTimeMs() ? Page::expired : Page::ready;
}

// The authorization request (RFC 6749, section 4.1.1): the daemon prepared its fixed part.
std::string authorizationUrl(const ProviderView& item, const EdgeKey& key, const State& state) {
    const State::Text stateText = state.encode(key);
    std::string url(item.authorizeUrl);
    url.append("state=").append(stateText.data(), stateText.size());
    if (item.pkce) {
        const DerivedText verifier = pkceVerifier(key, state.attempt);
        url.append("&code_challenge=").append(pkceChallenge(verifier));
        url.append("&code_challenge_method=S256");
    }
    if (item.nonce)
        url.append("&nonce=").append(oidcNonce(key, state.attempt));
    return url;
}

ngx_int_t startAttempt(ngx_http_request_t* r, RequestContext& context, const LinkView& link,
                       const LinkItem& item, const ProviderView& provider, const SiteView& site) {
    const EdgeKey& key = locationConf(r).keys->current();
    const State state{Uuid::v7(loopTimeMs()), item.connection, link.generation};
    context.attempt = state.attempt;
    context.outcome = "started";
    setAttemptCookie(r, site, state.attempt, browserCookie(key, state.attempt));
    return sendRedirect(r, authorizationUrl(provider, key, state));
}

} // namespace

ngx_int_t handleApprove(ngx_http_request_t* r, RequestContext& context) {
    LinkReader* links = EdgeStore::of(r).links(r->connection->log);
    if (!links)
        return sendPage(r, Page::unavailable);
    const auto snapshot = links->snapshot();
    const auto link = context.link ? snapshot.find(*context.link) : std::nullopt;
    if (!link)
        return sendPage(r, Page::notFound);
    const LinkItem* open = firstToApprove(*link);
    const LinkItem& item = open ? *open : link->items[0];
    context.connection = item.connection;
    const ProviderView* provider = snapshot.provider(item.provider);
    const Page page = pageOf(*link, open);
    // A foreign page may hold the link and press the button for somebody: then they see ours first.
    if (r->method == NGX_HTTP_POST && page == Page::ready && !isCrossSite(r) && provider)
        return startAttempt(r, context, *link, item, *provider, snapshot.site());
    std::string memory;
    return sendPage(r, page, valuesOf(*link, item, provider, memory));
}

} // namespace grantlink
