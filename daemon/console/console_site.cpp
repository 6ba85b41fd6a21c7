#include "daemon/console/console_site.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/console/console_files.hpp"
#include "daemon/console/own_page.hpp"
#include "daemon/text/names.hpp"
#include "daemon/text/printable.hpp"

#include <spdlog/spdlog.h>

namespace grantlink {

namespace {

constexpr std::string_view files = "/console/";
constexpr std::size_t maxUserLength = 200; // bytes

Problem forbidden(std::string detail) {
    return Problem(403, "Forbidden", std::move(detail));
}

Caller callerOf(const ServerRequest& request) {
    const std::string_view user = request.header("x-remote-user");
    if (user.empty() || !isOneLine(user, maxUserLength))
        throw forbidden("nginx does not say who you are: its location of the console has to "
                        "authenticate, and to set X-Remote-User as conf.d/grantlink-console.conf "
                        "does");
    return {printable(user), {Role::viewer, Role::operator_}, true};
}

void refuseOtherPages(const ServerRequest& request) {
    if (isRead(request)) {
        if (!mayRead(request))
            throw forbidden("another site's page may not ask this");
        return;
    }
    if (!comesFromOwnPage(request))
        throw forbidden("this must come from a page of the console itself: Sec-Fetch-Site must be "
                        "same-origin, or Origin must name this host");
    if (!hasJson(request))
        throw Problem(415, "Unsupported Media Type",
                      "send JSON with the header Content-Type: application/json");
}

} // namespace

boost::asio::awaitable<ServerResponse> ConsoleSite::handle(ServerRequest request) {
    if (std::string_view(request.path).starts_with(files))
        co_return consoleFile(request, request.path.substr(files.size()));
    ServerResponse response;
    try {
        refuseOtherPages(request);
        Caller caller = callerOf(request);
        if (!isRead(request))
            spdlog::info("console: {}: {} {}", caller.name, request.method,
                         printable(request.path)); // decoded: it may hold a line break
        response = co_await api_.handle(std::move(request), std::move(caller));
    } catch (const Problem& problem) {
        response = problem.response();
        response.headers.emplace_back("Cache-Control", "no-store");
    }
    addSafeHeaders(response);
    co_return response;
}

} // namespace grantlink
