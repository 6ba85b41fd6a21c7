#include "daemon/console/console_files.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/console/console_web.hpp"
#include "shared/secret.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace grantlink {

namespace {

constexpr std::pair<std::string_view, std::string_view> types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"}};

std::string_view typeOf(std::string_view name) {
    for (const auto& [ending, type] : types)
        if (name.ends_with(ending))
            return type;
    return "application/octet-stream";
}

// Strong: another byte is another tag (RFC 9110, section 8.8.3).
std::string tagOf(std::string_view content) {
    std::array<std::uint8_t, 16> hash;
    const Bytes bytes = bytesOf(content);
    crypto_generichash(hash.data(), hash.size(), bytes.data(), bytes.size(), nullptr, 0);
    std::string out = "\"";
    for (const std::uint8_t byte : hash)
        out += fmt::format("{:02x}", byte);
    return out + "\"";
}

// Weakly compared, as a proxy that compresses makes the tag weak (RFC 9110, section 13.1.2).
bool isKnown(const ServerRequest& request, const std::string& tag) {
    const std::string_view known = request.header("if-none-match");
    return known == "*" || known.find(tag) != std::string_view::npos;
}

} // namespace

void addSafeHeaders(ServerResponse& response) {
    response.headers.insert(
        response.headers.end(),
        {{"Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
          "frame-ancestors 'none'; "
          "require-trusted-types-for 'script'; trusted-types 'none'"},
         {"X-Content-Type-Options", "nosniff"},
         {"X-Frame-Options", "DENY"},
         {"Referrer-Policy", "no-referrer"},
         {"Cross-Origin-Resource-Policy", "same-origin"},
         {"Cross-Origin-Opener-Policy", "same-origin"}});
}

ServerResponse consoleFile(const ServerRequest& request, const std::string& name) {
    ServerResponse response;
    const std::string_view content = consoleWeb(name.empty() ? "index.html" : name);
    if (request.method != "GET" && request.method != "HEAD") {
        response = Problem::methodNotAllowed("GET, HEAD").response();
    } else if (!content.data()) {
        response = notFound("the console has no such file; its page is /console/").response();
    } else {
        const std::string tag = tagOf(content);
        const bool known = isKnown(request, tag);
        response = {known ? 304u : 200u,
                    {{"Content-Type", std::string(typeOf(name.empty() ? ".html" : name))},
                     {"ETag", tag},
                     {"Cache-Control", "no-cache"}}, // kept, but asked about each time
                    known ? std::string() : std::string(content)};
    }
    addSafeHeaders(response);
    return response;
}

} // namespace grantlink
