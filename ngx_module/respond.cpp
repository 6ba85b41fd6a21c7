#include "ngx_module/respond.hpp"

#include "ngx_module/account_list.hpp"
#include "ngx_module/conf.hpp"
#include "ngx_module/cookie_header.hpp"
#include "ngx_module/request_context.hpp"
#include "ngx_module/request_language.hpp"
#include "shared/language_tag.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view json = "application/json";

// Memory of the request's pool.
template <typename T>
T* allocate(ngx_http_request_t* r, std::size_t bytes) {
    void* memory = ngx_pnalloc(r->pool, bytes);
    if (!memory)
        throw std::bad_alloc();
    return static_cast<T*>(memory);
}

// `name` and `value` outlive the request.
ngx_table_elt_t* pushHeader(ngx_http_request_t* r, ngx_str_t name, ngx_str_t value) {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_out.headers));
    if (!header)
        throw std::bad_alloc();
    *header = {};
    header->hash = 1;
    header->key = name;
    header->value = value;
    return header;
}

void addStatic(ngx_http_request_t* r, std::string_view name, std::string_view value) {
    pushHeader(r, ngxStr(name), ngxStr(value));
}

bool sameName(std::string_view one, std::string_view other) {
    return one.size() == other.size() &&
           ngx_strncasecmp(ngxStr(one).data, ngxStr(other).data, one.size()) == 0;
}

// Whoever has set them: they will not be sent.
void dropHeaders(ngx_http_request_t* r, std::initializer_list<std::string_view> names) {
    eachHeader(r->headers_out.headers, [&](ngx_table_elt_t& header) {
        for (const std::string_view name : names)
            if (sameName(view(header.key), name))
                header.hash = 0;
    });
}

// `text` is a copy of this request's own.
void keepFromLogs(ngx_http_request_t* r, std::string_view text) {
    contextOf(r)->secretHeaders.emplace_back(const_cast<char*>(text.data()), text.size());
}

void forbidCaching(ngx_http_request_t* r) {
    addStatic(r, "Cache-Control", "no-store");
}

// nginx may change a body that is `temporary`; what others share it copies before.
enum class Memory { temporary, shared };

// `body` outlives the request.
ngx_int_t send(ngx_http_request_t* r, unsigned status, std::string_view type, std::string_view body,
               Memory memory) {
    r->disable_not_modified = 1; // none of our answers has a validator (RFC 9110, section 13)
    r->headers_out.status = status;
    r->headers_out.content_type = ngxStr(type);
    // Without its parameters: what gzip_types and the like compare.
    r->headers_out.content_type_len = std::min(type.find(';'), type.size());
    r->headers_out.content_length_n = static_cast<off_t>(body.size());
    const ngx_int_t rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only)
        return rc;
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(r->pool));
    if (!buffer)
        throw std::bad_alloc();
    const ngx_str_t text = ngxStr(body);
    buffer->pos = buffer->start = text.data;
    buffer->last = buffer->end = text.data + text.len;
    buffer->temporary = memory == Memory::temporary && !body.empty();
    buffer->memory = memory == Memory::shared && !body.empty();
    buffer->last_buf = r == r->main;
    buffer->last_in_chain = 1;
    ngx_chain_t chain{buffer, nullptr};
    return ngx_http_output_filter(r, &chain);
}

// Where the assets are, seen from a page of this route; empty where that is not known.
std::string_view assetsFrom(Route route) {
    switch (route) {
    case Route::approve:
        return "assets/";
    case Route::status:
        return "../assets/";
    case Route::confirm:
        return "../../assets/";
    default:
        return {};
    }
}

// By lookup (RFC 4647, section 3.4): of pages in "pt-BR" a hint in "pt" is one too. Else English.
std::string_view hintFor(const ProviderView& provider, std::string_view language) {
    const auto textIn = [&](std::string_view tag) -> std::string_view {
        for (const SwitchHint& hint : provider.switchHints)
            if (sameLanguageTag(hint.language, tag))
                return hint.text;
        return {};
    };
    for (std::string_view tag = language; !tag.empty(); tag = shorterLanguageTag(tag))
        if (const std::string_view text = textIn(tag); !text.empty())
            return text;
    return textIn("en");
}

void addLinkValues(PlainValues& out, const FoundLink& link, const Template& page,
                   const PageSet& pages, std::size_t language) {
    out[Slot::requester] = link.view().requester;
    out[Slot::message] = link.view().message;
    out[Slot::account] = link.item().account;
    out[Slot::provider] = link.providerName();
    out[Slot::expires] = pages.date(link.view().expires, language);
    if (const BrandView* brand = link.brand()) {
        out[Slot::brand] = brand->name;
        out[Slot::logo] = brand->logo;
        out[Slot::colour] = brand->colour;
    }
    const ProviderView* provider = link.provider();
    if (provider && page.mentions(Slot::switchurl))
        out[Slot::switchurl] = provider->switchUrl;
    if (provider && page.mentions(Slot::switchhow))
        out[Slot::switchhow] = hintFor(*provider, pages.languages()[language].tag);
}

// Filters must not write into it: the next page may be composed in the same memory.
std::string_view compose(ngx_http_request_t* r, const PageSet& pages, const Template& page,
                         const PageValues& values, Template::Accounts accounts) {
    const std::string_view head = page.head();
    const std::size_t size = page.bound(values, accounts);
    char* memory = makeInPool<PageMemory::Loan>(r->pool, pages.memory(), head, size)->memory();
    if (!memory) {
        memory = allocate<char>(r, size);
        std::copy(head.begin(), head.end(), memory);
    }
    return page.render(values, memory, accounts);
}

// JSON text for a URL, which has no byte below 0x20; the rest is escaped all the same.
void appendJson(std::string& out, std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && c != '"' && c != '\\')
            out += c;
        else
            out.append("\\u00").append({digits[byte >> 4], digits[byte & 15]});
    }
}

ngx_int_t sendJson(ngx_http_request_t* r, std::string_view text) {
    forbidCaching(r);
    return send(r, NGX_HTTP_OK, json, keepText(r, text), Memory::temporary);
}

} // namespace

void addSafetyHeaders(ngx_http_request_t* r) {
    if (r->internal) // an error may have led from one of our locations to another
        dropHeaders(r, {"Referrer-Policy", "X-Content-Type-Options", "X-Robots-Tag"});
    addStatic(r, "Referrer-Policy", "no-referrer");
    addStatic(r, "X-Content-Type-Options", "nosniff");
    addStatic(r, "X-Robots-Tag", "noindex, nofollow");
}

void forgetAnswer(ngx_http_request_t* r) {
    ngx_http_clear_location(r);
    dropHeaders(r, {"Cache-Control", "Content-Security-Policy", "X-Frame-Options", "Allow"});
    eachHeader(r->headers_out.headers, [&](ngx_table_elt_t& header) {
        if (sameName(view(header.key), "Set-Cookie") &&
            isOurCookie(view(header.value))) // its name is first
            header.hash = 0;
    });
}

ngx_int_t sendPage(ngx_http_request_t* r, Page page, const PageContent& content) {
    const PageInfo& info = infoOf(page);
    const PageSet& pages = *locationConf(r).pages;
    RequestContext& context = *contextOf(r);
    context.outcome = info.name;
    const std::string_view wanted =
        content.link ? content.link->view().language : std::string_view();
    const std::size_t language = languageOf(r, context, wanted);
    const Template& compiled = pages.page(page, language);
    PlainValues plain;
    if (content.link)
        addLinkValues(plain, *content.link, compiled, pages, language);
    plain[Slot::approver] = content.approver;
    plain[Slot::detail] = content.detail;
    plain[Slot::assets] = assetsFrom(context.route);
    plain[Slot::problem] = context.route == Route::callback ? info.name : std::string_view();
    plain[Slot::retry] = content.retry ? "retry" : "";
    const Template& text = pages.filled(compiled, plain);
    PageValues values(plain, text.mentions());
    std::optional<AccountList> list;
    if (content.link && content.link->isShared()) {
        list.emplace(r, context, *content.link, values, content.canStart);
        list->addTo(values);
    }
    forbidCaching(r);
    addStatic(r, "Content-Security-Policy", pages.contentSecurityPolicy());
    addStatic(r, "X-Frame-Options", "DENY");
    rememberLanguage(r, context);
    const std::string_view body =
        compose(r, pages, text, values, list ? list->accounts() : Template::Accounts());
    return send(r, content.status ? content.status : info.status, html, body, Memory::shared);
}

ngx_int_t sendRedirect(ngx_http_request_t* r, std::string_view target) {
    forbidCaching(r);
    const std::string_view kept = keepText(r, target);
    r->headers_out.location = pushHeader(r, ngxStr("Location"), ngxStr(kept));
    keepFromLogs(r, kept);
    return send(r, NGX_HTTP_SEE_OTHER, "text/plain", {}, Memory::shared);
}

ngx_int_t sendStarted(ngx_http_request_t* r, std::string_view target, std::string_view status) {
    std::string text = "{\"location\":\"";
    appendJson(text, target);
    text += "\",\"status\":\"";
    appendJson(text, status);
    text += "\"}\n";
    return sendJson(r, text);
}

ngx_int_t sendOutcome(ngx_http_request_t* r, std::string_view outcome) {
    return sendJson(r, "{\"outcome\":\"" + std::string(outcome) + "\"}\n");
}

ngx_int_t sendText(ngx_http_request_t* r, unsigned status, std::string_view type,
                   std::string_view text) {
    return send(r, status, type, keepText(r, text), Memory::temporary);
}

ngx_int_t sendMethodNotAllowed(ngx_http_request_t* r, std::string_view allow) {
    addStatic(r, "Allow", allow);
    return sendPage(r, Page::badRequest, {.status = NGX_HTTP_NOT_ALLOWED});
}

ngx_int_t sendAsset(ngx_http_request_t* r, std::string_view type, std::string_view cacheControl,
                    std::string_view body) {
    addStatic(r, "Cache-Control", cacheControl);
    // For who opens it on its own: whatever it is, it is not a document that does anything.
    addStatic(r, "Content-Security-Policy", "default-src 'none'; sandbox");
    return send(r, NGX_HTTP_OK, type, body, Memory::shared);
}

ngx_int_t sendProblem(ngx_http_request_t* r, Page page) {
    RequestContext& context = *contextOf(r);
    if (context.route != Route::callback)
        return sendPage(r, page);
    context.outcome = infoOf(page).name;
    return sendRedirect(r, "?problem=" + std::string(infoOf(page).name));
}

void addHeader(ngx_http_request_t* r, std::string_view name, std::string_view value) {
    pushHeader(r, ngxStr(keepText(r, name)), ngxStr(keepText(r, value)));
}

void addCookie(ngx_http_request_t* r, std::string_view cookie) {
    const std::string_view kept = keepText(r, cookie);
    pushHeader(r, ngxStr("Set-Cookie"), ngxStr(kept));
    keepFromLogs(r, kept);
}

std::string_view keepText(ngx_http_request_t* r, std::string_view text) {
    char* memory = allocate<char>(r, text.size());
    std::copy(text.begin(), text.end(), memory);
    return {memory, text.size()};
}

} // namespace grantlink
