#include "daemon/sandbox/control.hpp"

#include "daemon/sandbox/answers.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/shape.hpp"

#include <map>

namespace grantlink::sandbox {

namespace {

constexpr std::int64_t maxSeconds = std::int64_t(100) * 365 * 24 * 3600;

ServerResponse badRequest(const std::string& detail) {
    return problemAnswer(400, "Bad Request", detail);
}

ServerResponse noContent() {
    ServerResponse response;
    response.status = 204;
    return response;
}

Json bodyOf(const Call& call) {
    return Json::parse(call.request.body);
}

ServerResponse listFaults(World& world, const Call&) {
    Json list = Json::array();
    for (const Fault& fault : world.faults.pending())
        list.push(toJson(fault));
    Json answer = Json::object();
    answer.set("faults", list);
    return jsonAnswer(answer);
}

ServerResponse addFault(World& world, const Call& call) {
    auto fault = parseFault(bodyOf(call));
    if (!fault)
        return badRequest(fault.error().detail);
    fault->path = world.shape.withoutVersion(fault->path);
    world.faults.add(std::move(*fault));
    return listFaults(world, call);
}

ServerResponse clearFaults(World& world, const Call&) {
    world.faults.clear();
    return noContent();
}

ServerResponse listRequests(World& world, const Call&) {
    return jsonAnswer(world.log.toJson());
}

ServerResponse clearRequests(World& world, const Call&) {
    world.log.clear();
    return noContent();
}

const char* nameOf(TokenKind kind) {
    switch (kind) {
    case TokenKind::shortLived:
        return "short";
    case TokenKind::longLived:
        return "long";
    case TokenKind::page:
        return "page";
    case TokenKind::refresh:
        break;
    }
    return "refresh";
}

ServerResponse listTokens(World& world, const Call&) {
    Json list = Json::array();
    for (const Token& token : world.ledger.live()) {
        Json json = Json::object();
        json.set("user", token.account->handle)
            .set("user_id", token.account->userId)
            .set("kind", nameOf(token.kind))
            .set("issued_at", rfc3339(token.issued))
            .set("expires_at", rfc3339(token.expires))
            .set("fingerprint", fingerprint(token.value));
        list.push(json);
    }
    Json answer = Json::object();
    answer.set("tokens", list);
    return jsonAnswer(answer);
}

ServerResponse expireTokens(World& world, const Call& call) {
    const std::string user = bodyOf(call)["user"].str();
    const Account* const account = findAccount(user);
    if (!account)
        return badRequest("user: must be the handle of one of the sandbox's accounts");
    Json answer = Json::object();
    answer.set("expired", world.ledger.kill(*account));
    return jsonAnswer(answer);
}

// The time in the form that Instagram writes.
std::string timestamp(Time time) {
    return rfc3339(time).substr(0, 19) + "+0000";
}

ServerResponse putPost(World& world, const Call& call) {
    const Json body = bodyOf(call);
    Post post{body["id"].str(), body["caption"].str(), body["media_type"].str("IMAGE"),
              body["timestamp"].str(timestamp(world.clock.now()))};
    if (post.id.empty())
        return badRequest("id: is missing");
    if (!publish(body["user"].str(), std::move(post)))
        return badRequest("user: must be the handle of one of the sandbox's accounts");
    return noContent();
}

ServerResponse deletePost(World&, const Call& call) {
    const Json body = bodyOf(call);
    if (!unpublish(body["user"].str(), body["id"].str()))
        return badRequest("id: the user has no such post");
    return noContent();
}

ServerResponse showClock(World& world, const Call&) {
    Json answer = Json::object();
    answer.set("now", rfc3339(world.clock.now()));
    return jsonAnswer(answer);
}

ServerResponse moveClock(World& world, const Call& call) {
    const Json seconds = bodyOf(call)["advance_seconds"];
    if (!seconds.isInteger() || seconds.integer() > maxSeconds || seconds.integer() < -maxSeconds)
        return badRequest("advance_seconds: must be an integer, 100 years at most");
    world.clock.advance(std::chrono::seconds(seconds.integer()));
    return showClock(world, call);
}

std::chrono::seconds* lifeNamed(Settings& settings, const std::string& name) {
    const std::map<std::string, std::chrono::seconds*> lives = {
        {"code_lifetime", &settings.lifetimes.code},
        {"short_lifetime", &settings.lifetimes.shortLived},
        {"long_lifetime", &settings.lifetimes.longLived},
        {"refresh_lifetime", &settings.lifetimes.refresh},
        {"refresh_min_age", &settings.lifetimes.refreshMinAge}};
    const auto found = lives.find(name);
    return found == lives.end() ? nullptr : found->second;
}

// Either all of the wishes are granted or none.
ServerResponse changeSettings(World& world, const Call& call) {
    const Json body = bodyOf(call);
    if (!body.isObject())
        return badRequest("the body must be a JSON object");
    Settings settings = world.settings;
    for (const std::string& key : body.keys()) {
        const Json value = body[key];
        const std::string shape = value.str();
        std::chrono::seconds* const life = lifeNamed(settings, key);
        if (life && value.isInteger() && value.integer() >= 0 && value.integer() <= maxSeconds)
            *life = std::chrono::seconds(value.integer());
        else if (key == "token_shape" && (shape == "wrapped" || shape == "flat"))
            settings.wrappedTokens = shape == "wrapped";
        else
            return badRequest(key + ": there is no such setting, or not of this value");
    }
    world.settings = settings;
    return noContent();
}

const std::map<std::string, std::map<std::string, Endpoint>>& routes() {
    static const std::map<std::string, std::map<std::string, Endpoint>> table = {
        {"/_sandbox/faults", {{"GET", listFaults}, {"POST", addFault}, {"DELETE", clearFaults}}},
        {"/_sandbox/requests", {{"GET", listRequests}, {"DELETE", clearRequests}}},
        {"/_sandbox/tokens", {{"GET", listTokens}}},
        {"/_sandbox/tokens/expire", {{"POST", expireTokens}}},
        {"/_sandbox/posts", {{"POST", putPost}, {"DELETE", deletePost}}},
        {"/_sandbox/clock", {{"GET", showClock}, {"POST", moveClock}}},
        {"/_sandbox/settings", {{"POST", changeSettings}}}};
    return table;
}

} // namespace

bool isControl(const std::string& path) {
    return path.starts_with("/_sandbox");
}

ServerResponse control(World& world, const Call& call) {
    const auto path = routes().find(call.request.path);
    if (!world.settings.control || path == routes().end())
        return problemAnswer(404, "Not Found", "there is no such control");
    const auto method = path->second.find(call.request.method);
    if (method == path->second.end())
        return problemAnswer(405, "Method Not Allowed", "see daemon/sandbox/control.hpp");
    return method->second(world, call);
}

} // namespace grantlink::sandbox
