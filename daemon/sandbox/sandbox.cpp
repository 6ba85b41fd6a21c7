#include "daemon/sandbox/sandbox.hpp"

#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/authorization.hpp"
#include "daemon/sandbox/control.hpp"
#include "daemon/sandbox/pages.hpp"
#include "daemon/sandbox/shape.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink::sandbox {

namespace asio = boost::asio;

namespace {

// Where people switch accounts who approved with the wrong one.
ServerResponse home(World& world, const Call&) {
    return pageAnswer(homePage(world.shape));
}

std::vector<Route> routesOf(const World& world) {
    std::vector<Route> routes = {{"GET", "/", home},
                                 {"GET", world.shape.authorization.path, authorize},
                                 {"POST", pathOf(world, "login"), login},
                                 {"POST", pathOf(world, "decision"), decide}};
    routes.insert(routes.end(), world.shape.routes.begin(), world.shape.routes.end());
    return routes;
}

// What stands in the place of each "{}" of a route's path; nothing when the path is another's.
std::optional<std::vector<std::string>> captures(std::string_view route, std::string_view path) {
    std::vector<std::string> out;
    for (auto hole = route.find("{}"); hole != route.npos; hole = route.find("{}")) {
        if (!path.starts_with(route.substr(0, hole)))
            return std::nullopt;
        path.remove_prefix(hole);
        route.remove_prefix(hole + 2);
        const auto end = std::min(path.find('/'), path.size());
        out.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
        if (out.back().empty())
            return std::nullopt;
    }
    if (path != route)
        return std::nullopt;
    return out;
}

Parameters textsOf(const Json& object) {
    Parameters::Fields fields;
    for (const std::string& key : object.keys())
        fields.emplace_back(key, object[key].text());
    return Parameters(std::move(fields));
}

Call toCall(ServerRequest&& request) {
    Call call;
    call.query = Parameters(parseForm(request.query));
    if (request.header("content-type").starts_with("application/x-www-form-urlencoded"))
        call.form = Parameters(parseForm(request.body));
    if (request.header("content-type").starts_with("application/json"))
        call.json = textsOf(Json::parse(request.body));
    call.request = std::move(request);
    return call;
}

void record(World& world, const Call& call) {
    Parameters::Fields all = call.query.fields();
    for (const Parameters* more : {&call.form, &call.json})
        all.insert(all.end(), more->fields().begin(), more->fields().end());
    world.log.add(world.clock.now(), call.request.method, call.request.path,
                  Parameters(std::move(all)), !call.request.header("authorization").empty());
}

ServerResponse answer(World& world, Call& call) {
    const std::string path = world.shape.withoutVersion(call.request.path);
    const std::string method = call.request.method == "HEAD" ? "GET" : call.request.method;
    unsigned status = 404;
    for (const Route& route : routesOf(world)) {
        auto captured = captures(route.path, path);
        if (!captured)
            continue;
        if (route.method == method) {
            call.captured = std::move(*captured);
            return route.endpoint(world, call);
        }
        status = 405;
    }
    return world.shape.failure(call, status);
}

asio::awaitable<ServerResponse> answerWithFaults(World& world, Call call) {
    const auto fault = world.faults.take(world.shape.withoutVersion(call.request.path));
    if (!fault)
        co_return answer(world, call);
    if (fault->latency.count() != 0) {
        asio::steady_timer timer(co_await asio::this_coro::executor, fault->latency);
        co_await timer.async_wait(asio::use_awaitable);
    }
    call.impostor = findAccount(fault->wrongAccount);
    if (!fault->spoilsAnswer())
        co_return answer(world, call);
    if (fault->after)
        answer(world, call);
    const ServerResponse failure = world.shape.failure(call, fault->status ? fault->status : 429);
    co_return spoil(*fault, failure.body);
}

} // namespace

Handler handlerFor(World& world) {
    return [&world](ServerRequest request) -> asio::awaitable<ServerResponse> {
        Call call = toCall(std::move(request));
        if (isControl(call.request.path))
            co_return control(world, call);
        const std::string name = call.request.method + " " + call.request.path;
        record(world, call);
        const RequestLog::Running running(world.log, call.request.path);
        ServerResponse response = co_await answerWithFaults(world, std::move(call));
        spdlog::info("{}: {}", name, response.status);
        co_return response;
    };
}

} // namespace grantlink::sandbox
