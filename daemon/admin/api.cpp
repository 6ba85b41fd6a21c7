#include "daemon/admin/api.hpp"

#include "daemon/admin/peer.hpp"
#include "daemon/admin/problem.hpp"
#include "daemon/collect/poll_plan.hpp"
#include "daemon/json/json.hpp"
#include "daemon/qr/qr_code.hpp"
#include "shared/exposition.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>

namespace grantlink {

namespace {

constexpr std::string_view collection = "/v1/connections";
constexpr std::string_view notifications = "/v1/notifications";

ServerResponse ok(const Json& body, unsigned status = 200) {
    return {status, {{"Content-Type", "application/json"}}, body.dump() + "\n"};
}

Json bodyOf(const ServerRequest& request) {
    std::string type(request.header("content-type"));
    type = type.substr(0, type.find_first_of("; "));
    std::transform(type.begin(), type.end(), type.begin(), ::tolower); // RFC 9110, 8.3.1
    if (type != "application/json")
        throw Problem(415, "Unsupported Media Type",
                      "send JSON with the header Content-Type: application/json");
    std::string error;
    Json body = Json::parse(request.body, &error);
    if (!error.empty())
        throw badRequest("the body is not JSON: " + error);
    if (!body.isObject())
        throw badRequest("the body must be a JSON object");
    return body;
}

bool isBelow(std::string_view path, std::string_view list) {
    return path.starts_with(list) && path.substr(list.size()).starts_with('/');
}

void requireMethod(const ServerRequest& request, std::string_view method) {
    if (request.method != method)
        throw Problem::methodNotAllowed(std::string(method));
}

// /v1/connections/{id}[/{action}], and the same of notifications
struct Target {
    Uuid id;
    std::string_view action;
};

Target targetOf(std::string_view path, std::string_view list, const char* what) {
    const std::string_view rest = path.substr(list.size() + 1);
    const auto id = Uuid::parse(rest.substr(0, rest.find('/')));
    if (!id)
        throw notFound(std::string("there is no such ") + what +
                       "; an id looks like 0193a1b2-0000-7000-8000-000000000000");
    const std::size_t slash = rest.find('/');
    return {*id, slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1)};
}

ServerResponse qrOf(const Json& link) {
    return {200, {{"Content-Type", "image/svg+xml"}}, svgOf(QrCode(link["link"].str()))};
}

void requireRole(const Caller& caller, Role role) {
    if (caller.roles.contains(role))
        return;
    throw Problem(403, "Forbidden",
                  caller.name + " does not have the role " + std::string(nameOf(role)) +
                      "; the operator grants it under [[admin.grant]] in grantlink.toml");
}

// Whoever may use the console: what is only for programs and terminals is not there.
void refuseOnConsole(const Caller& caller, std::string_view action) {
    if (caller.console && (action == "token" || action == "trace" || action == "key"))
        throw Problem(403, "Forbidden",
                      "the console gives nobody a " + std::string(action) +
                          "; use the grantlink command on the daemon's machine");
}

// On the console it is nginx that says who is there, and no header of the browser's.
Actor actorFor(const ServerRequest& request, const Caller& caller) {
    Actor out = actorOf(request);
    if (caller.console)
        out.remoteUser = caller.name;
    return out;
}

ServerResponse session(const Caller& caller) {
    Json roles = Json::array();
    for (const Role role : caller.roles)
        roles.push(std::string(nameOf(role)));
    return ok(Json::object()
                  .set("user", caller.name)
                  .set("roles", roles)
                  .set("version", GRANTLINK_VERSION));
}

} // namespace

boost::asio::awaitable<ServerResponse> AdminApi::handle(ServerRequest request, Caller caller) {
    ServerResponse response;
    ++running_;
    try {
        response = co_await dispatch(request, caller);
    } catch (const Problem& problem) {
        response = problem.response();
    } catch (const std::exception& error) {
        spdlog::error("{} {}: {}", request.method, request.path, error.what());
        response =
            Problem(500, "Internal Server Error", "grantlinkd could not do this; its log says why")
                .response();
    }
    --running_;
    const auto isCaching = [](const auto& header) { return header.first == "Cache-Control"; };
    if (std::none_of(response.headers.begin(), response.headers.end(), isCaching))
        response.headers.emplace_back("Cache-Control", "no-store"); // links are secrets
    co_return response;
}

boost::asio::awaitable<ServerResponse> AdminApi::dispatch(const ServerRequest& request,
                                                          const Caller& caller) {
    const std::string_view path = request.path;
    requireRole(caller, Role::viewer);
    if (path == "/healthz") {
        requireMethod(request, "GET");
        co_return ok(connections_.health());
    }
    if (path == "/metrics") {
        requireMethod(request, "GET");
        co_return ServerResponse{
            200, {{"Content-Type", std::string(Exposition::contentType)}}, connections_.metrics()};
    }
    if (path == "/v1/providers") {
        requireMethod(request, "GET");
        co_return providers();
    }
    if (path == "/v1/events") {
        requireMethod(request, "GET");
        co_return streams_.open(request);
    }
    if (path == "/v1/check") {
        requireMethod(request, "POST");
        requireRole(caller, Role::operator_);
        co_return co_await check();
    }
    if (path == "/v1/keys" || path == "/v1/keys/reload")
        co_return co_await keys(request, caller);
    if (path == "/v1/posts") {
        requireMethod(request, "GET");
        co_return posts_.all(request);
    }
    if (path == "/v1/defaults") {
        requireMethod(request, "GET");
        co_return defaults();
    }
    if (path == "/v1/session") {
        requireMethod(request, "GET");
        co_return session(caller);
    }
    if (path == "/v1/overview") {
        requireMethod(request, "GET");
        co_return ok(co_await lists_.overview());
    }
    if (path == collection && request.method == "GET") {
        auto query = parseForm(request.query);
        co_return ok(co_await lists_.list(std::move(query)));
    }
    if (path == collection) {
        if (request.method != "POST")
            throw Problem::methodNotAllowed("GET, POST");
        requireRole(caller, Role::operator_);
        Actor actor = actorFor(request, caller);
        Json wanted = bodyOf(request);
        const Json made = co_await connections_.create(std::move(wanted), std::move(actor));
        ServerResponse response = ok(made, 201);
        const Json list = made["connections"];
        const Json first = list.isNull() ? made : list.at(0);
        response.headers.emplace_back("Location",
                                      std::string(collection) + "/" + first["id"].str());
        co_return response;
    }
    if (path == notifications || isBelow(path, notifications))
        co_return co_await notification(request, caller);
    if (!isBelow(path, collection))
        throw notFound("there is no such path; docs/openapi.yaml lists them");
    co_return co_await connection(request, caller);
}

boost::asio::awaitable<ServerResponse> AdminApi::connection(const ServerRequest& request,
                                                            const Caller& caller) {
    const auto [id, action] = targetOf(request.path, collection, "connection");
    refuseOnConsole(caller, action);
    Actor actor = actorFor(request, caller); // named: GCC 12 destroys twice what co_await makes
    if (action.empty() && request.method == "GET")
        co_return ok(connections_.show(id));
    if (action == "events") {
        requireMethod(request, "GET");
        co_return ok(events_.list(id, parseForm(request.query)));
    }
    if (action == "posts") {
        requireMethod(request, "GET");
        co_return posts_.of(id, request);
    }
    if (action == "media") {
        requireMethod(request, "GET");
        co_return co_await media_.show(id, request);
    }
    if (action == "picture") {
        requireMethod(request, "GET");
        auto query = parseForm(request.query);
        co_return co_await pictures_.show(id, std::move(query));
    }
    if (action == "token") {
        requireMethod(request, "GET");
        requireRole(caller, Role::tokenReader);
        auto query = parseForm(request.query);
        co_return ok(co_await tokens_.vend(id, std::move(query), std::move(actor)));
    }
    requireRole(caller, Role::operator_);
    if (action.empty()) {
        if (request.method != "DELETE")
            throw Problem::methodNotAllowed("GET, DELETE");
        co_return ok(co_await connections_.remove(id, std::move(actor)));
    }
    if (action == "link") {
        requireMethod(request, "GET");
        co_return ok(co_await connections_.link(id, std::move(actor)));
    }
    if (action == "qr") {
        requireMethod(request, "GET");
        const Json link = co_await connections_.link(id, std::move(actor));
        co_return qrOf(link);
    }
    if (action == "trace") {
        requireMethod(request, "GET");
        co_return ok(connections_.trace(id, parseForm(request.query)));
    }
    if (action == "regenerate") {
        requireMethod(request, "POST");
        co_return ok(co_await connections_.regenerate(id, std::move(actor)));
    }
    if (action == "cancel") {
        requireMethod(request, "POST");
        co_return ok(co_await connections_.cancel(id, std::move(actor)));
    }
    if (action == "feed") {
        requireMethod(request, "GET");
        co_return ok(co_await tokens_.readFeed(id));
    }
    if (action == "refresh") {
        requireMethod(request, "POST");
        co_return ok(co_await tokens_.refresh(id, std::move(actor)));
    }
    throw notFound("a connection has no \"" + std::string(action) +
                   "\"; docs/openapi.yaml lists what it has");
}

boost::asio::awaitable<ServerResponse> AdminApi::check() const {
    const VaultReport report = co_await vault_.check();
    if (report.wrong > 0)
        spdlog::error("vault: the check found {} wrong; 'grantlink check' lists it", report.wrong);
    co_return ok(toJson(report));
}

boost::asio::awaitable<ServerResponse> AdminApi::keys(const ServerRequest& request,
                                                      const Caller& caller) const {
    refuseOnConsole(caller, "key");
    const bool reload = request.path != "/v1/keys";
    requireMethod(request, reload ? "POST" : "GET");
    requireRole(caller, Role::operator_);
    if (reload)
        co_return ok(co_await keys_.reload());
    co_return ok(co_await keys_.list());
}

boost::asio::awaitable<ServerResponse> AdminApi::notification(const ServerRequest& request,
                                                              const Caller& caller) {
    requireRole(caller, Role::operator_);
    if (request.path == notifications) {
        requireMethod(request, "GET");
        co_return ok(notifications_.list(parseForm(request.query)));
    }
    const auto [id, action] = targetOf(request.path, notifications, "notification");
    if (action.empty()) {
        requireMethod(request, "DELETE");
        co_return ok(co_await notifications_.remove(id));
    }
    if (action != "replay")
        throw notFound("a notification has no \"" + std::string(action) +
                       "\"; docs/openapi.yaml lists what it has");
    requireMethod(request, "POST");
    co_return ok(co_await notifications_.replay(id));
}

ServerResponse AdminApi::providers() const {
    Json list = Json::array();
    const SettingsPtr settings = settings_.get();
    for (const auto& [id, provider] : settings->providers)
        list.push(Json::object()
                      .set("id", id)
                      .set("name", provider.preset().name)
                      .set("redirect_uri", provider.redirectUri())
                      .set("collected", isCollected(provider.preset(), settings->config.content)));
    return ok(Json::object().set("providers", list));
}

// What a request has that leaves things out, and what it can name instead.
ServerResponse AdminApi::defaults() const {
    const SettingsPtr settings = settings_.get();
    const Config& config = settings->config;
    Json brands = Json::array();
    for (const auto& [id, brand] : config.brands)
        brands.push(Json::object()
                        .set("id", id)
                        .set("name", brand.name)
                        .set("colour", brand.colour.empty() ? Json() : Json("#" + brand.colour)));
    return ok(Json::object()
                  .set("requester", config.requester)
                  .set("brand", config.brand.empty() ? Json() : Json(config.brand))
                  .set("brands", brands)
                  .set("link_lifetime_seconds", config.linkLifetime.count()));
}

} // namespace grantlink
