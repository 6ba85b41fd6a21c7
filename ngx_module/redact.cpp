#include "ngx_module/redact.hpp"

#include <algorithm>
#include <cstring>

namespace grantlink {

namespace {

constexpr std::size_t maxCookies = 32; // of ours; a browser keeps one or two

void overwrite(u_char* data, std::size_t length) {
    std::memset(data, '*', length);
}

// A raw request target: the query goes, and of the path what stands behind `keep`.
void redactTarget(u_char* data, std::size_t length, std::size_t keep) {
    u_char* const end = data + length;
    u_char* const query = std::find(data, end, '?');
    if (query != end)
        overwrite(query + 1, end - query - 1);
    const std::size_t path = query - data;
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

bool isOurs(std::string_view name) {
    return name.starts_with("grantlink-") || name.starts_with("__Host-grantlink-");
}

// RFC 6265, section 4.2.1: pairs divided by ';' and optional blanks.
void takeFrom(ngx_str_t& header, std::vector<Cookie>* out) {
    u_char* here = header.data;
    u_char* const end = here + header.len;
    while (here < end) {
        while (here < end && (*here == ' ' || *here == '\t'))
            ++here;
        u_char* const stop = std::find(here, end, ';');
        u_char* const equals = std::find(here, stop, '=');
        const std::string_view name(reinterpret_cast<char*>(here), equals - here);
        if (equals != stop && isOurs(name)) {
            const std::string_view value(reinterpret_cast<char*>(equals + 1), stop - equals - 1);
            if (out && out->size() == maxCookies)
                out->erase(out->begin()); // browsers send the oldest first
            if (out)
                out->push_back({std::string(name), secretCopy(value)});
            overwrite(equals + 1, stop - equals - 1);
        }
        here = stop + 1;
    }
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
    eachHeader(r, "cookie", [&](ngx_str_t& value) { takeFrom(value, out); });
}

void wipeBody(ngx_http_request_t* r) {
    if (!r->request_body)
        return;
    for (ngx_chain_t* link = r->request_body->bufs; link; link = link->next)
        if (ngx_buf_in_memory(link->buf))
            overwrite(link->buf->start, link->buf->last - link->buf->start);
}

} // namespace grantlink
