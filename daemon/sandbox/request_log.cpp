#include "daemon/sandbox/request_log.hpp"

#include <algorithm>
#include <set>

namespace grantlink::sandbox {

namespace {

constexpr std::size_t maxEntries = 10000;

const std::set<std::string> publicParameters = {"client_id",
                                                "client_key",
                                                "owner",
                                                "user_scope",
                                                "per_page",
                                                "page",
                                                "max_results",
                                                "tweet.fields",
                                                "grant_type",
                                                "response_type",
                                                "redirect_uri",
                                                "scope",
                                                "fields",
                                                "limit",
                                                "account",
                                                "decision",
                                                "force_reauth",
                                                "enable_fb_login",
                                                "after",
                                                "before",
                                                "nonce",
                                                "code_challenge",
                                                "code_challenge_method"};

} // namespace

void RequestLog::add(Time time, const std::string& method, const std::string& path,
                     const Parameters& parameters, bool authorization) {
    Parameters::Fields fields = parameters.fields();
    for (auto& [name, value] : fields)
        if (!publicParameters.contains(name))
            value = "(hidden)";
    entries_.push_back({rfc3339(time), method, path, Parameters(std::move(fields)), authorization});
    if (entries_.size() > maxEntries)
        entries_.pop_front();
}

RequestLog::Running::Running(RequestLog& log, std::string path)
    : log_(log), path_(std::move(path)) {
    int& most = log_.most_[path_];
    most = std::max(most, ++log_.running_[path_]);
}

RequestLog::Running::~Running() {
    --log_.running_[path_];
}

Json RequestLog::toJson() const {
    Json requests = Json::array();
    std::map<std::string, int> counts;
    for (const Entry& entry : entries_) {
        Json parameters = Json::object();
        for (const auto& [name, value] : entry.parameters.fields())
            parameters.set(name, value);
        Json request = Json::object();
        request.set("time", entry.time)
            .set("method", entry.method)
            .set("path", entry.path)
            .set("parameters", parameters)
            .set("authorization", entry.authorization);
        requests.push(request);
        ++counts[entry.path];
    }
    Json byPath = Json::object();
    for (const auto& [path, count] : counts)
        byPath.set(path, count);
    Json mostByPath = Json::object();
    for (const auto& [path, most] : most_)
        mostByPath.set(path, most);
    Json json = Json::object();
    json.set("requests", requests).set("counts", byPath).set("most_at_once", mostByPath);
    return json;
}

} // namespace grantlink::sandbox
