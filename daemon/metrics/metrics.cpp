#include "daemon/metrics/metrics.hpp"

namespace grantlink {

void Metrics::countOutcome(Outcome outcome, TimeMs received) {
    if (const auto index = static_cast<std::size_t>(outcome); index < outcomes.size())
        outcomes[index].add();
    const TimeMs now = nowMs(); // `received` is by a clock of nginx's side
    timeToOutcome.observe(now > received ? now - received : 0);
}

Answered answeredBy(const HttpResult& result) {
    if (!result)
        return result.error().maybeSent ? Answered::broken : Answered::unreachable;
    if (result->status == 429)
        return Answered::rateLimited;
    switch (result->status / 100) {
    case 2:
        return Answered::success;
    case 3:
        return Answered::redirect;
    case 4:
        return Answered::clientError;
    default:
        return Answered::serverError;
    }
}

boost::asio::awaitable<HttpResult> MeasuredClient::fetch(HttpRequest request) {
    const std::string provider = request.provider;
    const auto began = std::chrono::steady_clock::now();
    HttpResult result = co_await http_.fetch(std::move(request));
    if (provider.empty())
        co_return result;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    ProviderFigures& figures = metrics_.providers[provider];
    figures.requests[static_cast<std::size_t>(answeredBy(result))].add();
    figures.duration.observe(static_cast<std::uint64_t>(took.count()));
    co_return result;
}

} // namespace grantlink
