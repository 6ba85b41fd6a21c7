#include "ngx_module/redact.hpp"

#include <algorithm>
#include <cstring>

namespace grantlink {

namespace {

void overwrite(u_char* data, std::size_t length) {
    std::memset(data, '*', length);
}

// A raw request target: the query goes, and of the path what stands behind `keep`.
void redactTarget(u_char* data, std::size_t length, std::size_t keep) {
    const std::string_view target(reinterpret_cast<const char*>(data), length);
    const std::size_t path = std::min(target.find('?'), length);
    if (path < length)
        overwrite(data + path + 1, length - path - 1);
    if (keep < path)
        overwrite(data + keep, path - keep);
}

// How much of the raw path may stay. Only when it is spelled as nginx decoded it is the secret its
// tail; of any other spelling nothing but the first slash stays.
std::size_t plainPrefix(ngx_http_request_t* r, std::size_t secretLength) {
    const std::string_view target = view(r->unparsed_uri), path = view(r->uri);
    const std::string_view raw = target.substr(0, target.find('?'));
    const bool plain = !r->complex_uri && !r->quoted_uri && raw == path;
    return plain && secretLength <= raw.size() ? raw.size() - secretLength : 1;
}

// Everything behind the origin: a provider's page address may carry our state.
void redactReferer(ngx_str_t& value) {
    const std::string_view text = view(value);
    const std::size_t scheme = text.find("://");
    const std::size_t path = text.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
    if (path != std::string_view::npos)
        overwrite(value.data + path + 1, value.len - path - 1);
}

// What the client sent: it belongs to the main request, a subrequest leaves it alone.
void redactReceived(ngx_http_request_t* r, std::size_t keep) {
    const ngx_str_t target = r->unparsed_uri;
    // In HTTP/1 the request line holds these very bytes; in HTTP/2 nginx composes it as a copy.
    const ngx_str_t line = r->request_line;
    const bool shared = target.data >= line.data && target.data < line.data + line.len;
    if (!shared && target.len > 0) {
        const std::size_t position = view(line).find(view(target));
        if (position != std::string_view::npos)
            redactTarget(line.data + position, target.len, keep);
    }
    redactTarget(target.data, target.len, keep);
    eachHeader(r, "referer", redactReferer);
}

// What an internal redirect or a subrequest was given may be text of nginx's configuration, or of
// the main request: it is replaced, not overwritten.
void redactTail(ngx_http_request_t* r, ngx_str_t& text, std::size_t length) {
    if (length == 0)
        return;
    if (r->internal) {
        u_char* copy = ngx_pstrdup(r->pool, &text);
        if (!copy)
            throw std::bad_alloc();
        text.data = copy;
    }
    overwrite(text.data + text.len - length, length);
}

} // namespace

void redactRequest(ngx_http_request_t* r, std::size_t secretLength, bool pathMayBeLogged) {
    if (r == r->main)
        redactReceived(r, pathMayBeLogged ? r->unparsed_uri.len : plainPrefix(r, secretLength));
    redactTail(r, r->args, r->args.len);
    if (!pathMayBeLogged)
        redactTail(r, r->uri, std::min(secretLength, r->uri.len));
}

void takeCookies(ngx_http_request_t* r, std::vector<Cookie>* out) {
    eachHeader(r, "cookie", [&](ngx_str_t& value) {
        takeOwnCookies({reinterpret_cast<char*>(value.data), value.len}, out);
    });
}

void wipeBody(ngx_http_request_t* r) {
    if (!r->request_body)
        return;
    for (ngx_chain_t* link = r->request_body->bufs; link; link = link->next)
        if (ngx_buf_in_memory(link->buf))
            overwrite(link->buf->start, link->buf->last - link->buf->start);
}

} // namespace grantlink
