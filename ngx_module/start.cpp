#include "ngx_module/start.hpp"

#include "ngx_module/attempt_cookie.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/recording.hpp"
#include "ngx_module/respond.hpp"
#include "shared/attempt.hpp"

namespace grantlink {

namespace {

// The authorization request (RFC 6749, section 4.1.1): the daemon prepared its fixed part.
std::string authorizationUrl(const ProviderView& provider, const EdgeKey& key, const State& state) {
    const State::Text stateText = state.encode(key);
    std::string url;
    url.reserve(provider.authorizeUrl.size() + 256);
    url.append(provider.authorizeUrl).append("state=").append(stateText.data(), stateText.size());
    if (provider.pkce) {
        const DerivedText verifier = pkceVerifier(key, state.attempt);
        url.append("&code_challenge=").append(pkceChallenge(verifier));
        url.append("&code_challenge_method=S256");
    }
    if (provider.nonce)
        url.append("&nonce=").append(oidcNonce(key, state.attempt));
    return url;
}

bool wantsJson(ngx_http_request_t* r) {
    bool out = false;
    eachHeader(r, "accept",
               [&](const ngx_str_t& value) { out = view(value) == "application/json"; });
    return out;
}

} // namespace

bool canStart(const FoundLink& link) {
    return link.view().status == LinkStatus::live && !link.item().connected && link.provider() &&
           link.view().expires > loopTimeMs();
}

ngx_int_t startAttempt(ngx_http_request_t* r, RequestContext& context, const FoundLink& link) {
    const EdgeKey& key = locationConf(r).keys->current();
    const State state{Uuid::v7(loopTimeMs()), link.item().connection, link.view().generation};
    context.attempt = state.attempt;
    context.outcome = "started";
    const BrowserCookie::Text cookie = BrowserCookie::encode(state, key);
    setAttemptCookie(r, link.site(), state.attempt, {cookie.data(), cookie.size()});
    const std::string url = authorizationUrl(*link.provider(), key, state);
    if (wantsJson(r))
        return sendStarted(r, url, statusUrlOf(link.site(), state.attempt));
    return sendRedirect(r, url);
}

std::optional<Uuid> attemptBegun(ngx_http_request_t* r, const RequestContext& context,
                                 const FoundLink& link) {
    for (const Cookie& cookie : context.cookies) {
        const auto attempt = decodeBrowserCookie(textOf(cookie.value), link.item().connection,
                                                 link.view().generation, *locationConf(r).keys);
        if (attempt && attemptIsCurrent(*attempt, link.site().attemptLifetime, loopTimeMs()) &&
            attemptCookie(context, link.site(), *attempt) == textOf(cookie.value))
            return attempt;
    }
    return std::nullopt;
}

} // namespace grantlink
