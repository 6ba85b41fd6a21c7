#include "daemon/net/http_message.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <stdexcept>

namespace grantlink {

namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

int hexDigit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Decodes the escape at text[i] ("%41"), or gives -1.
int escapeAt(std::string_view text, std::size_t i) {
    if (text[i] != '%' || i + 2 >= text.size())
        return -1;
    const int high = hexDigit(text[i + 1]);
    const int low = hexDigit(text[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// WHATWG URL, section 5.1: a broken escape stands for itself.
std::string formDecode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int escaped = escapeAt(text, i);
        if (escaped >= 0)
            i += 2;
        out += escaped >= 0 ? static_cast<char>(escaped) : text[i] == '+' ? ' ' : text[i];
    }
    return out;
}

// In a path a broken escape, or one for NUL, is an error: two readers might disagree about it.
std::optional<std::string> pathDecode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int escaped = escapeAt(text, i);
        if (text[i] == '%' && escaped <= 0)
            return std::nullopt;
        if (escaped > 0)
            i += 2;
        out += escaped > 0 ? static_cast<char>(escaped) : text[i];
    }
    return out;
}

// The path and query of a request target; a full URL is accepted too (RFC 9112, section 3.2.2).
std::string_view originForm(std::string_view target) {
    const auto scheme = target.find("://");
    if (target.empty() || target.front() == '/' || scheme == std::string_view::npos)
        return target;
    const auto slash = target.find('/', scheme + 3);
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
}

template <typename Message>
void setHeaders(Message& message, const ServerResponse& answer) {
    for (const auto& [name, value] : answer.headers) {
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
            throw std::invalid_argument("response header " + name + " contains a line break");
        message.insert(name, value);
    }
}

} // namespace

std::string_view ServerRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name)
            return value;
    return {};
}

std::vector<std::pair<std::string, std::string>> parseForm(std::string_view encoded) {
    std::vector<std::pair<std::string, std::string>> fields;
    while (!encoded.empty()) {
        const auto end = std::min(encoded.find('&'), encoded.size());
        const std::string_view field = encoded.substr(0, end);
        encoded.remove_prefix(std::min(end + 1, encoded.size()));
        if (field.empty())
            continue;
        const auto equals = std::min(field.find('='), field.size());
        fields.emplace_back(formDecode(field.substr(0, equals)),
                            formDecode(field.substr(std::min(equals + 1, field.size()))));
    }
    return fields;
}

namespace wire {

std::optional<ServerRequest> toServerRequest(http::request<http::string_body>&& message,
                                             const std::optional<PeerCredentials>& peer) {
    const auto raw = message.target();
    const std::string_view target = originForm(std::string_view(raw.data(), raw.size()));
    const auto mark = std::min(target.find('?'), target.size());
    auto path = pathDecode(target.substr(0, mark));
    if (!path)
        return std::nullopt;

    ServerRequest request;
    request.method = std::string(message.method_string());
    request.path = std::move(*path);
    request.query = std::string(target.substr(std::min(mark + 1, target.size())));
    for (const auto& field : message.base()) {
        std::string name(field.name_string());
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
        request.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    request.body = std::move(message.body());
    request.peer = peer;
    return request;
}

Response toMessage(ServerResponse&& answer, bool headOnly, bool keepAlive) {
    Response message(static_cast<http::status>(answer.status), 11);
    setHeaders(message, answer);
    const bool bodiless = answer.status == 204 || answer.status == 304;
    if (!bodiless)
        message.content_length(answer.body.size());
    if (!bodiless && !headOnly)
        message.body() = std::move(answer.body);
    message.keep_alive(keepAlive);
    return message;
}

http::response<http::empty_body> toHead(const ServerResponse& answer) {
    http::response<http::empty_body> message(static_cast<http::status>(answer.status), 11);
    setHeaders(message, answer);
    if (answer.length)
        message.content_length(*answer.length);
    else
        message.chunked(true);
    message.keep_alive(false);
    return message;
}

bool isPeersFault(const error_code& ec) {
    return ec.category() == http::make_error_code(http::error::bad_version).category() &&
           ec != http::error::end_of_stream && ec != http::error::partial_message;
}

ServerResponse refusalFor(const error_code& ec) {
    if (ec == http::error::body_limit)
        return problem(413, "the body is larger than " + std::to_string(maxBody) + " bytes");
    if (ec == http::error::header_limit)
        return problem(431, "the headers are larger than " + std::to_string(maxHeader) + " bytes");
    return problem(400, "the request is not well-formed HTTP/1.1");
}

ServerResponse problem(unsigned status, const std::string& detail) {
    const auto title = http::obsolete_reason(static_cast<http::status>(status));
    ServerResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "application/problem+json"}};
    response.body = R"({"type":"about:blank","title":")" + std::string(title) + R"(","status":)" +
                    std::to_string(status) + R"(,"detail":")" + detail + "\"}\n";
    return response;
}

} // namespace wire

} // namespace grantlink
