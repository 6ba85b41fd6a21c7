#include "daemon/sandbox/sandbox.hpp"

#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/control.hpp"
#include "daemon/sandbox/graph.hpp"
#include "daemon/sandbox/oauth.hpp"
#include "daemon/sandbox/pages.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

#include <map>

namespace grantlink::sandbox {

namespace asio = boost::asio;

namespace {

// Where the preset sends people who approved with the wrong account.
ServerResponse home(World&, const Call&) {
    return pageAnswer(homePage());
}

struct Route {
    std::string method;
    Endpoint endpoint;
};

const std::map<std::string, Route>& routes() { // by path without the API version
    static const std::map<std::string, Route> table = {
        {"/", {"GET", home}},
        {"/oauth/authorize", {"GET", authorize}},
        {"/oauth/authorize/login", {"POST", login}},
        {"/oauth/authorize/decision", {"POST", decide}},
        {"/oauth/access_token", {"POST", exchangeCode}},
        {"/access_token", {"GET", exchangeToken}},
        {"/refresh_access_token", {"GET", refreshToken}},
        {"/me", {"GET", me}},
        {"/me/media", {"GET", media}}};
    return table;
}

Call toCall(ServerRequest&& request) {
    Call call;
    call.query = Parameters(parseForm(request.query));
    if (request.header("content-type").starts_with("application/x-www-form-urlencoded"))
        call.form = Parameters(parseForm(request.body));
    call.request = std::move(request);
    return call;
}

void record(World& world, const Call& call) {
    Parameters::Fields all = call.query.fields();
    all.insert(all.end(), call.form.fields().begin(), call.form.fields().end());
    world.log.add(world.clock.now(), call.request.method, call.request.path,
                  Parameters(std::move(all)), !call.request.header("authorization").empty());
}

ServerResponse wrongMethod(const Call& call) {
    if (call.request.path.starts_with("/oauth/authorize"))
        return pageAnswer(errorPage("Unsupported method"), 405);
    if (call.request.path == "/oauth/access_token")
        return apiError(405, "Unsupported method");
    return graphError(
        {"Unsupported request - method type: " + call.request.method, 100, 0, "IGApiException"});
}

ServerResponse answer(World& world, const Call& call) {
    const auto route = routes().find(withoutVersion(call.request.path));
    if (route == routes().end())
        return graphError(
            {"Unknown path components: " + call.request.path, 2500, 0, "OAuthException", 404});
    const std::string method = call.request.method == "HEAD" ? "GET" : call.request.method;
    return method == route->second.method ? route->second.endpoint(world, call) : wrongMethod(call);
}

asio::awaitable<ServerResponse> answerWithFaults(World& world, Call call) {
    const auto fault = world.faults.take(call.request.path);
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
    co_return spoil(*fault);
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
