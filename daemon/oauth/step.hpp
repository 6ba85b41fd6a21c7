// What the requests to a provider have in common: how they fail, and when to try again.
#pragma once

#include "daemon/net/http_client.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/providers/preset.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

namespace grantlink {

struct StepFailure {
    std::string message;   // for people and logs: what the provider said, never a token or a code
    bool mayRetry = false; // the provider has certainly not acted on it
    std::chrono::seconds retryAfter{0}; // what the provider asked for; 0: nothing
    bool dead = false;                  // the approval is gone: only a new one helps
    bool turnedAway = false;            // there were too many requests, or it is not there for now
    bool unsure = false;                // the provider may have acted on it all the same

    // For how long it was turned away; 0: it was not.
    std::chrono::seconds pause() const {
        return turnedAway ? std::max(retryAfter, std::chrono::seconds(1)) : std::chrono::seconds(0);
    }
};

template <typename T>
using StepResult = boost::system::result<T, StepFailure>;

// Whether a repeated request does harm: exchanging a code does, asking who somebody is does not.
enum class Repeatable { no, yes };

// The failure that a transport error or a status outside 2xx is.
StepFailure failureOf(const HttpError& error, Repeatable repeatable);
StepFailure failureOf(const HttpResponse& response, const std::string& said, const RateLimit& limit,
                      Repeatable repeatable);

// How long no further request is to be sent, when the answer says that none is left: the preset's
// [rate_limit]. 0: it does not say so.
std::chrono::seconds exhaustedFor(const HttpResponse& response, const RateLimit& limit);

// The provider's own words, made fit for a log and a page: printable, short, one line.
std::string quoted(const std::string& text);

constexpr int maxTries = 6;
constexpr std::chrono::seconds longestPause(120); // while somebody waits

// Whether to try once more, after so many tries. Who asks for a longer pause is not asked before
// its end, and nobody waits so long.
bool triesAgain(int tries, const StepFailure& failure);

// How long to wait before try number `tries` + 1.
std::chrono::milliseconds backoff(int tries, const StepFailure& failure);

// Repeats `step` while its failure allows it, the tries last and nobody stops the daemon.
template <typename Step>
auto withRetries(StopSignal& stop, Step step) -> decltype(step()) {
    for (int tries = 1;; ++tries) {
        auto result = co_await step();
        if (result || !triesAgain(tries, result.error()) || stop.stopped())
            co_return result;
        co_await stop.sleep(backoff(tries, result.error()));
    }
}

} // namespace grantlink
