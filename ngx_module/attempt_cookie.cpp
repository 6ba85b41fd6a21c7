#include "ngx_module/attempt_cookie.hpp"

#include "ngx_module/respond.hpp"

#include <string>

namespace grantlink {

namespace {

constexpr std::string_view hostPrefix = "__Host-";

constexpr std::string_view attemptStem = "grantlink-";
constexpr std::string_view confirmStem = "grantlink-confirm-";

std::string nameFor(std::string_view stem, bool secure, const Uuid& attempt) {
    std::array<char, Uuid::textLength> id;
    attempt.write(id.data());
    std::string out;
    out.reserve(64);
    return out.append(secure ? hostPrefix : "").append(stem).append(id.end() - 8, id.end());
}

void setCookie(ngx_http_request_t* r, const SiteView& site, const std::string& name,
               std::string_view value) {
    std::string text;
    text.reserve(name.size() + value.size() + 96);
    text.append(name).append("=").append(value).append("; Path=/; Max-Age=");
    text.append(std::to_string(site.attemptLifetime)).append("; HttpOnly; SameSite=Lax");
    text.append(site.secureCookie ? "; Secure" : "");
    addCookie(r, text);
    sodium_memzero(text.data(), text.size());
}

std::string_view valueOf(const RequestContext& context, const std::string& name) {
    const Cookie* cookie = context.cookie(name);
    return cookie ? textOf(cookie->value) : std::string_view();
}

} // namespace

void setAttemptCookie(ngx_http_request_t* r, const SiteView& site, const Uuid& attempt,
                      std::string_view value) {
    setCookie(r, site, nameFor(attemptStem, site.secureCookie, attempt), value);
}

void setConfirmCookie(ngx_http_request_t* r, const SiteView& site, const Uuid& attempt,
                      std::string_view value) {
    setCookie(r, site, nameFor(confirmStem, site.secureCookie, attempt), value);
}

void clearConfirmCookie(ngx_http_request_t* r, const RequestContext& context, const Uuid& attempt) {
    for (const Cookie& cookie : context.cookies) {
        const bool secure = cookie.name.starts_with(hostPrefix);
        if (cookie.name == nameFor(confirmStem, secure, attempt))
            addCookie(r, cookie.name + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax" +
                             (secure ? "; Secure" : ""));
    }
}

std::string_view attemptCookie(const RequestContext& context, const SiteView& site,
                               const Uuid& attempt) {
    return valueOf(context, nameFor(attemptStem, site.secureCookie, attempt));
}

std::string_view confirmCookie(const RequestContext& context, const SiteView& site,
                               const Uuid& attempt) {
    return valueOf(context, nameFor(confirmStem, site.secureCookie, attempt));
}

std::string_view confirmCookie(const RequestContext& context, const Uuid& attempt) {
    const std::string_view strict = valueOf(context, nameFor(confirmStem, true, attempt));
    return strict.empty() ? valueOf(context, nameFor(confirmStem, false, attempt)) : strict;
}

} // namespace grantlink
