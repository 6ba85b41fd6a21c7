#include "daemon/console/own_page.hpp"

#include "daemon/text/ascii.hpp"

namespace grantlink {

bool isRead(const ServerRequest& request) {
    return request.method == "GET" || request.method == "HEAD";
}

bool mayRead(const ServerRequest& request) {
    const std::string_view site = request.header("sec-fetch-site");
    return site.empty() || site == "same-origin" || site == "none";
}

bool comesFromOwnPage(const ServerRequest& request) {
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty())
        return site == "same-origin";
    const std::string_view origin = request.header("origin");
    const std::string_view host = request.header("host");
    const auto scheme = origin.find("://");
    return !host.empty() && scheme != std::string_view::npos &&
           lowerCase(origin.substr(scheme + 3)) == lowerCase(host);
}

bool hasJson(const ServerRequest& request) {
    const std::string_view type = request.header("content-type");
    return lowerCase(type.substr(0, type.find_first_of("; "))) == "application/json";
}

} // namespace grantlink
