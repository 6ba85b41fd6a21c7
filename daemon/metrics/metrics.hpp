// What grantlinkd counts, from its start on. metrics_text.hpp writes it down for Prometheus.
//
// Outcomes are fixed lists and providers those of the configuration, so nothing that comes from
// outside makes a time series. Thread: the loop's.
#pragma once

#include "daemon/lifecycle/refreshed.hpp"
#include "daemon/media/copied.hpp"
#include "daemon/net/http_client.hpp"
#include "shared/approval.hpp"
#include "shared/histogram.hpp"

#include <array>
#include <chrono>
#include <map>
#include <string>

namespace grantlink {

// Milliseconds, from what a provider next door needs to what a person still waits for.
inline constexpr std::array<std::uint64_t, 14> waitBounds{
    10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10'000, 15'000, 30'000, 60'000, 300'000};

// How a request to a provider ended.
enum class Answered : std::uint8_t {
    success,     // 2xx
    redirect,    // 3xx, which is not followed
    clientError, // 4xx but 429
    rateLimited, // 429
    serverError, // 5xx, and what is no status
    unreachable, // it was certainly not sent
    broken,      // it may have been sent; there was no whole answer in time
    count
};

inline constexpr std::size_t answeredCount = static_cast<std::size_t>(Answered::count);
inline constexpr std::size_t refreshedCount = static_cast<std::size_t>(Refreshed::broken) + 1;
inline constexpr std::size_t outcomeCountOfAttempts =
    static_cast<std::size_t>(Outcome::providerError) + 1; // they are numbered from 1

struct ProviderFigures {
    std::array<Counter, answeredCount> requests;
    Histogram<waitBounds> duration;
};

struct Metrics {
    std::array<Counter, outcomeCountOfAttempts> outcomes;
    Histogram<waitBounds> timeToOutcome; // from the callback on
    Counter exchangesDone, exchangesFailed;
    std::array<Counter, refreshedCount> refreshes;
    std::map<std::string, ProviderFigures> providers;
    Counter visitsDropped; // that nginx told of
    std::array<Counter, copiedCount> copies;

    void countOutcome(Outcome outcome, TimeMs received);
};

Answered answeredBy(const HttpResult& result);

// Passes requests on and counts those that are a provider's.
class MeasuredClient : public HttpClient {
  public:
    MeasuredClient(HttpClient& http, Metrics& metrics) : http_(http), metrics_(metrics) {}

    boost::asio::awaitable<HttpResult> fetch(HttpRequest request) override;

  private:
    HttpClient& http_;
    Metrics& metrics_;
};

} // namespace grantlink
