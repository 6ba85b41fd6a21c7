#include "daemon/sandbox/answers.hpp"

namespace grantlink::sandbox {

namespace {

ServerResponse answer(unsigned status, const std::string& type, std::string body) {
    ServerResponse response;
    response.status = status;
    response.headers = {{"Content-Type", type}, {"Cache-Control", "private, no-store"}};
    response.body = std::move(body);
    return response;
}

} // namespace

ServerResponse jsonAnswer(const Json& body, unsigned status) {
    return answer(status, "application/json; charset=utf-8", body.dump());
}

ServerResponse pageAnswer(const std::string& html, unsigned status) {
    ServerResponse response = answer(status, "text/html; charset=utf-8", html);
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'unsafe-inline'; "
                                  "frame-ancestors 'none'; base-uri 'none'");
    response.headers.emplace_back("Referrer-Policy", "origin-when-cross-origin");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return response;
}

ServerResponse redirectAnswer(const std::string& url) {
    ServerResponse response = answer(302, "text/html; charset=utf-8", "");
    response.headers.emplace_back("Location", url);
    response.headers.emplace_back("Referrer-Policy", "origin-when-cross-origin");
    return response;
}

ServerResponse problemAnswer(unsigned status, const std::string& title, const std::string& detail) {
    Json body = Json::object();
    body.set("type", "about:blank")
        .set("title", title)
        .set("status", static_cast<int>(status))
        .set("detail", detail);
    return answer(status, "application/problem+json", body.dump());
}

} // namespace grantlink::sandbox
