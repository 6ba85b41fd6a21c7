#include "daemon/sandbox/faults.hpp"

#include "daemon/sandbox/accounts.hpp"

#include <algorithm>
#include <set>

namespace grantlink::sandbox {

namespace {

constexpr std::int64_t maxLatencyMs = 10 * 60 * 1000;
constexpr std::int64_t maxAnswerBytes = 64 << 20;

const std::set<std::string> knownKeys = {"path",        "times",   "latency_ms",  "wrong_account",
                                         "status",      "body",    "body_repeat", "content_type",
                                         "retry_after", "headers", "reset",       "after"};

std::optional<std::string> rangeFault(const Json& json, const std::string& key, std::int64_t low,
                                      std::int64_t high) {
    const Json value = json[key];
    if (value.isNull() || (value.isInteger() && value.integer() >= low && value.integer() <= high))
        return std::nullopt;
    return key + ": must be an integer from " + std::to_string(low) + " to " + std::to_string(high);
}

std::optional<std::string> findFault(const Json& json) {
    if (!json.isObject())
        return "the body must be a JSON object with at least \"path\"";
    for (const std::string& key : json.keys())
        if (!knownKeys.contains(key))
            return key + ": there is no such field";
    const std::string path = json["path"].str();
    if (!path.starts_with('/') || path.starts_with("/_sandbox"))
        return "path: must be one of the provider's paths, such as \"/oauth/access_token\"";
    if (const auto fault = rangeFault(json, "status", 200, 599))
        return fault;
    if (const auto fault = rangeFault(json, "times", 0, 1000000))
        return fault;
    if (const auto fault = rangeFault(json, "latency_ms", 0, maxLatencyMs))
        return fault;
    if (const auto fault = rangeFault(json, "body_repeat", 1, maxAnswerBytes))
        return fault;
    if (json["body_repeat"].integer(1) * static_cast<std::int64_t>(json["body"].str().size()) >
        maxAnswerBytes)
        return "body_repeat: the answer would be larger than 64 MiB";
    const std::string wrong = json["wrong_account"].str();
    if (!json["wrong_account"].isNull() && !findAccount(wrong))
        return "wrong_account: there is no account \"" + wrong + "\"";
    return std::nullopt;
}

} // namespace

bool Fault::spoilsAnswer() const {
    return reset || status != 0 || !body.empty() || !retryAfter.empty() || !headers.empty() ||
           !contentType.empty();
}

std::optional<Fault> Faults::take(const std::string& path) {
    const auto found = std::find_if(faults_.begin(), faults_.end(),
                                    [&](const Fault& fault) { return fault.path == path; });
    if (found == faults_.end())
        return std::nullopt;
    const Fault fault = *found;
    if (found->times == 1)
        faults_.erase(found);
    else if (found->times > 1)
        --found->times;
    return fault;
}

boost::system::result<Fault, FaultError> parseFault(const Json& json) {
    if (const auto wrong = findFault(json))
        return FaultError{*wrong};
    Fault fault;
    fault.path = json["path"].str();
    fault.times = static_cast<int>(json["times"].integer(1));
    fault.latency = std::chrono::milliseconds(json["latency_ms"].integer());
    fault.wrongAccount = json["wrong_account"].str();
    fault.status = static_cast<unsigned>(json["status"].integer());
    fault.body = json["body"].str();
    fault.bodyRepeat = static_cast<int>(json["body_repeat"].integer(1));
    fault.contentType = json["content_type"].str();
    fault.retryAfter = json["retry_after"].text();
    for (const std::string& name : json["headers"].keys())
        fault.headers.emplace_back(name, json["headers"][name].text());
    fault.reset = json["reset"].boolean();
    fault.after = json["after"].boolean();
    return fault;
}

Json toJson(const Fault& fault) {
    Json json = Json::object();
    json.set("path", fault.path).set("times", fault.times);
    if (fault.latency.count() != 0)
        json.set("latency_ms", fault.latency.count());
    if (!fault.wrongAccount.empty())
        json.set("wrong_account", fault.wrongAccount);
    if (fault.status != 0)
        json.set("status", static_cast<int>(fault.status));
    if (!fault.retryAfter.empty())
        json.set("retry_after", fault.retryAfter);
    if (fault.reset)
        json.set("reset", true);
    if (fault.after)
        json.set("after", true);
    return json;
}

ServerResponse spoil(const Fault& fault, const std::string& failure) {
    ServerResponse response;
    if (fault.reset) {
        response.status = 0;
        return response;
    }
    response.status = fault.status ? fault.status : fault.retryAfter.empty() ? 200 : 429;
    const bool own = fault.body.empty() && response.status >= 400;
    for (int i = 0; i < fault.bodyRepeat; ++i)
        response.body += fault.body;
    if (own)
        response.body = failure;
    response.headers = fault.headers;
    const std::string json = "application/json; charset=utf-8";
    response.headers.emplace_back("Content-Type",
                                  fault.contentType.empty() ? json : fault.contentType);
    if (!fault.retryAfter.empty())
        response.headers.emplace_back("Retry-After", fault.retryAfter);
    return response;
}

} // namespace grantlink::sandbox
