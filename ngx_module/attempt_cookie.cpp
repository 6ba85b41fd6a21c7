#include "ngx_module/attempt_cookie.hpp"

#include "ngx_module/respond.hpp"

#include <string>

namespace grantlink {

namespace {

constexpr std::string_view hostPrefix = "__Host-";

std::string nameFor(std::string_view stem, const Uuid& attempt) {
    return std::string(stem) + attempt.text().substr(Uuid::textLength - 8);
}

std::string attemptName(const Uuid& attempt) {
    return nameFor("grantlink-", attempt);
}

std::string confirmName(const Uuid& attempt) {
    return nameFor("grantlink-confirm-", attempt);
}

std::string prefixed(const SiteView& site, const std::string& name) {
    return (site.secureCookie ? std::string(hostPrefix) : std::string()) + name;
}

void setCookie(ngx_http_request_t* r, const SiteView& site, const std::string& name,
               std::string_view value) {
    std::string text = prefixed(site, name) + "=";
    text.append(value).append("; Path=/; Max-Age=").append(std::to_string(site.attemptLifetime));
    text += "; HttpOnly; SameSite=Lax";
    if (site.secureCookie)
        text += "; Secure";
    addHeader(r, "Set-Cookie", text);
    sodium_memzero(text.data(), text.size());
}

std::string_view valueOf(const RequestContext& context, const std::string& name) {
    const Cookie* cookie = context.cookie(name);
    return cookie ? textOf(cookie->value) : std::string_view();
}

} // namespace

void setAttemptCookie(ngx_http_request_t* r, const SiteView& site, const Uuid& attempt,
                      std::string_view value) {
    setCookie(r, site, attemptName(attempt), value);
}

void setConfirmCookie(ngx_http_request_t* r, const SiteView& site, const Uuid& attempt,
                      std::string_view value) {
    setCookie(r, site, confirmName(attempt), value);
}

void clearCookies(ngx_http_request_t* r, const RequestContext& context, const Uuid& attempt) {
    for (const Cookie& cookie : context.cookies) {
        const bool secure = cookie.name.starts_with(hostPrefix);
        const std::string_view bare =
            std::string_view(cookie.name).substr(secure ? hostPrefix.size() : 0);
        if (bare == attemptName(attempt) || bare == confirmName(attempt))
            addHeader(r, "Set-Cookie",
                      cookie.name + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax" +
                          (secure ? "; Secure" : ""));
    }
}

std::string_view attemptCookie(const RequestContext& context, const SiteView& site,
                               const Uuid& attempt) {
    return valueOf(context, prefixed(site, attemptName(attempt)));
}

std::string_view confirmCookie(const RequestContext& context, const SiteView& site,
                               const Uuid& attempt) {
    return valueOf(context, prefixed(site, confirmName(attempt)));
}

std::string_view confirmCookie(const RequestContext& context, const Uuid& attempt) {
    const std::string name = confirmName(attempt);
    const std::string_view strict = valueOf(context, std::string(hostPrefix) + name);
    return strict.empty() ? valueOf(context, name) : strict;
}

} // namespace grantlink
