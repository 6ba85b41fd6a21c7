#include "daemon/oauth/request_traces.hpp"

#include "daemon/oauth/shown.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/rfc3339.hpp"

#include <algorithm>
#include <array>

namespace grantlink {

namespace {

constexpr std::size_t maxTraces = 16;
constexpr std::size_t maxRequests = 200;   // of one connection; older ones go
constexpr std::size_t maxShown = 8 * 1024; // bytes of a body that is no JSON
constexpr std::size_t maxJson = 64 * 1024; // bytes of one that is

// What of an answer's head helps whoever writes a preset.
bool isTelling(const std::string& name) {
    static constexpr std::array<std::string_view, 4> known{"content-type", "retry-after",
                                                           "location", "www-authenticate"};
    return std::find(known.begin(), known.end(), name) != known.end() ||
           name.find("ratelimit") != std::string::npos ||
           name.find("rate-limit") != std::string::npos;
}

std::string cut(std::string text, std::size_t most) {
    if (text.size() <= most)
        return text;
    return text.substr(0, most) + "… (" + std::to_string(text.size()) + " bytes)";
}

} // namespace

Json shownRequest(const HttpRequest& request) {
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers)
        headers.set(name, lowerCase(name) == "dpop" ? std::string("{proof}")
                                                    : hide(value, request.secrets));
    if (!request.username.empty())
        headers.set("Authorization", "Basic {client_id}:{client_secret}");
    return Json::object()
        .set("request", request.label)
        .set("method", request.method)
        .set("url", hide(request.url, request.secrets))
        .set("headers", headers)
        .set("body", request.body.empty() ? Json() : Json(hide(request.body, request.secrets)));
}

Json shownAnswer(const HttpResponse& response, const Headers& secrets) {
    Json headers = Json::object();
    for (const auto& [name, value] : response.headers)
        if (isTelling(name))
            headers.set(name, hideWords(value, secrets));
    const Json parsed = response.body.size() <= maxJson ? Json::parse(response.body) : Json();
    const bool isJson = parsed.isObject() || parsed.isArray();
    return Json::object()
        .set("status", response.status)
        .set("headers", headers)
        .set("json", isJson ? hideIn(parsed, secrets) : Json())
        .set("text", isJson || response.body.empty()
                         ? Json()
                         : Json(cut(hideWords(response.body, secrets), maxShown)));
}

// Passes requests on, and writes down what they were and what came back.
class RequestTraces::Recorder : public HttpClient {
  public:
    explicit Recorder(HttpClient& http) : http_(http) {}

    boost::asio::awaitable<HttpResult> fetch(HttpRequest request) override {
        Json entry = shownRequest(request);
        const Headers secrets = request.secrets;
        const TimeMs sent = nowMs();
        entry.set("at", rfc3339(sent));
        HttpResult result = co_await http_.fetch(std::move(request));
        entry.set("took_ms", nowMs() - sent);
        entry.set("answer", result ? shownAnswer(*result, secrets) : Json());
        entry.set("error", result ? Json() : Json(result.error().message));
        add(std::move(entry));
        co_return result;
    }

    void add(Json entry) {
        requests_.push_back(std::move(entry));
        if (requests_.size() > maxRequests) {
            requests_.pop_front();
            ++first_;
        }
    }

    Json from(std::size_t after) const {
        Json list = Json::array();
        for (std::size_t i = std::max(after, first_); i < first_ + requests_.size(); ++i)
            list.push(requests_[i - first_]);
        return Json::object().set("requests", list).set("next", first_ + requests_.size());
    }

  private:
    HttpClient& http_;
    std::deque<Json> requests_;
    std::size_t first_ = 0; // number of requests_.front()
};

struct RequestTraces::Traced {
    Recorder recorder;
    DpopClient client; // proofs are made in front of the recorder, which sees each request

    Traced(HttpClient& http, DpopNonces& nonces) : recorder(http), client(recorder, nonces) {}
};

void RequestTraces::begin(const Uuid& connection) {
    traced_[connection] = std::make_shared<Traced>(http_, nonces_);
    if (traced_.size() > maxTraces)
        traced_.erase(traced_.begin());
}

std::shared_ptr<DpopClient> RequestTraces::clientFor(const Uuid& connection) {
    if (const auto found = traced_.find(connection); found != traced_.end())
        return {found->second, &found->second->client};
    return {std::shared_ptr<void>(), &plain_}; // which outlives all
}

void RequestTraces::note(const Uuid& connection, std::string label, std::string url) {
    const auto found = traced_.find(connection);
    if (found == traced_.end())
        return;
    HttpRequest request;
    request.label = std::move(label);
    request.url = std::move(url);
    Json entry = shownRequest(request);
    entry.set("at", rfc3339(nowMs())).set("took_ms", 0).set("answer", Json()).set("error", Json());
    found->second->recorder.add(std::move(entry));
}

Json RequestTraces::of(const Uuid& connection, std::size_t after) const {
    const auto found = traced_.find(connection);
    return found == traced_.end() ? Json() : found->second->recorder.from(after);
}

} // namespace grantlink
