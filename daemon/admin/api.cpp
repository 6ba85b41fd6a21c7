#include "daemon/admin/api.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/json/json.hpp"
#include "daemon/qr/qr_code.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>

namespace grantlink {

namespace {

constexpr std::string_view collection = "/v1/connections";

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

void requireMethod(const ServerRequest& request, std::string_view method) {
    if (request.method != method)
        throw Problem::methodNotAllowed(std::string(method));
}

// /v1/connections/{id}[/{action}]
struct Target {
    Uuid id;
    std::string_view action;
};

Target targetOf(std::string_view path) {
    std::string_view rest = path.substr(collection.size() + 1);
    const auto id = Uuid::parse(rest.substr(0, rest.find('/')));
    if (!id)
        throw notFound("there is no such connection; an id looks like "
                       "0193a1b2-0000-7000-8000-000000000000");
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
    if (caller.console && (action == "token" || action == "trace"))
        throw Problem(403, "Forbidden",
                      "the console gives nobody a " + std::string(action) +
                          "; use the grantlink command on the daemon's machine");
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
    if (path == "/v1/providers") {
        requireMethod(request, "GET");
        co_return providers();
    }
    if (path == "/v1/defaults") {
        requireMethod(request, "GET");
        co_return defaults();
    }
    if (path == "/v1/session") {
        requireMethod(request, "GET");
        co_return session(caller);
    }
    if (path == collection && request.method == "GET")
        co_return ok(connections_.list(parseForm(request.query)));
    if (path == collection) {
        if (request.method != "POST")
            throw Problem::methodNotAllowed("GET, POST");
        requireRole(caller, Role::operator_);
        const Json made = co_await connections_.create(bodyOf(request));
        ServerResponse response = ok(made, 201);
        response.headers.emplace_back("Location", std::string(collection) + "/" + made["id"].str());
        co_return response;
    }
    if (!path.starts_with(std::string(collection) + "/"))
        throw notFound("there is no such path; docs/openapi.yaml lists them");
    co_return co_await connection(request, caller);
}

boost::asio::awaitable<ServerResponse> AdminApi::connection(const ServerRequest& request,
                                                            const Caller& caller) {
    const auto [id, action] = targetOf(request.path);
    refuseOnConsole(caller, action);
    if (action.empty() && request.method == "GET")
        co_return ok(connections_.show(id));
    if (action == "picture") {
        requireMethod(request, "GET");
        co_return co_await pictures_.show(id);
    }
    if (action == "token") {
        requireMethod(request, "GET");
        requireRole(caller, Role::tokenReader);
        auto query = parseForm(request.query);
        co_return ok(co_await tokens_.vend(id, std::move(query)));
    }
    requireRole(caller, Role::operator_);
    if (action.empty()) {
        if (request.method != "DELETE")
            throw Problem::methodNotAllowed("GET, DELETE");
        co_return ok(co_await connections_.remove(id));
    }
    if (action == "link") {
        requireMethod(request, "GET");
        co_return ok(connections_.link(id));
    }
    if (action == "qr") {
        requireMethod(request, "GET");
        co_return qrOf(connections_.link(id));
    }
    if (action == "trace") {
        requireMethod(request, "GET");
        co_return ok(connections_.trace(id, parseForm(request.query)));
    }
    if (action == "regenerate") {
        requireMethod(request, "POST");
        co_return ok(co_await connections_.regenerate(id));
    }
    if (action == "cancel") {
        requireMethod(request, "POST");
        co_return ok(co_await connections_.cancel(id));
    }
    if (action == "feed") {
        requireMethod(request, "GET");
        co_return ok(co_await tokens_.readFeed(id));
    }
    if (action == "refresh") {
        requireMethod(request, "POST");
        co_return ok(co_await tokens_.refresh(id));
    }
    throw notFound("a connection has no \"" + std::string(action) +
                   "\"; docs/openapi.yaml lists what it has");
}

ServerResponse AdminApi::providers() const {
    Json list = Json::array();
    const SettingsPtr settings = settings_.get();
    for (const auto& [id, provider] : settings->providers)
        list.push(Json::object()
                      .set("id", id)
                      .set("name", provider.preset().name)
                      .set("redirect_uri", provider.redirectUri()));
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
    return ok(
        Json::object()
            .set("requester", config.requester)
            .set("brand", config.brand.empty() ? Json() : Json(config.brand))
            .set("brands", brands)
            .set("link_lifetime_seconds", static_cast<std::int64_t>(config.linkLifetime.count())));
}

} // namespace grantlink
