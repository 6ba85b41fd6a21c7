#include "ngx_module/request_language.hpp"

#include "ngx_module/conf.hpp"
#include "ngx_module/negotiation.hpp"
#include "ngx_module/respond.hpp"

namespace grantlink {

namespace {

constexpr std::string_view cookieName = "grantlink-language";

std::optional<std::size_t> chosen(const RequestContext& context,
                                  std::span<const Language> languages) {
    if (const auto asked = languageNamed(context.languageAsked, languages))
        return asked;
    const Cookie* cookie = context.cookie(cookieName);
    return cookie ? languageNamed(textOf(cookie->value), languages) : std::nullopt;
}

std::optional<std::size_t> accepted(ngx_http_request_t* r, const PageSet& pages) {
    std::optional<std::size_t> out;
    eachHeader(r, "accept-language", [&](const ngx_str_t& value) {
        if (!out)
            out = pages.languageAccepted(view(value));
    });
    return out;
}

} // namespace

std::size_t languageOf(ngx_http_request_t* r, const RequestContext& context,
                       std::string_view linkLanguage) {
    const LocationConf& conf = locationConf(r);
    const auto languages = conf.pages->languages();
    if (const auto found = chosen(context, languages))
        return *found;
    if (const auto found = languageNamed(linkLanguage, languages))
        return *found;
    if (const auto found = accepted(r, *conf.pages))
        return *found;
    return conf.defaultLanguage;
}

void rememberLanguage(ngx_http_request_t* r, const RequestContext& context) {
    if (context.languageAsked.empty())
        return;
    const auto languages = locationConf(r).pages->languages();
    const auto asked = languageNamed(context.languageAsked, languages);
    if (!asked)
        return;
    std::string cookie(cookieName);
    cookie.append("=").append(languages[*asked].tag);
    cookie.append("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
#if (NGX_HTTP_SSL)
    if (r->connection->ssl) // it is no secret, and says nothing that ?lang= could not
        cookie.append("; Secure");
#endif
    addCookie(r, cookie);
}

} // namespace grantlink
