// What the requests to a provider have in common: how they fail, and when to try again.
#pragma once

#include "daemon/net/http_client.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/providers/preset.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
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

// How long a recipient waits: for a code to be exchanged, and for all that comes after that.
constexpr std::chrono::seconds recipientsPatience(30);

using Deadline = std::chrono::steady_clock::time_point;

// How long to wait after so many tries, with so much time left. Nothing: there is not to be another
// one. Who asks for a longer pause than there is time is not asked before its end.
std::optional<std::chrono::milliseconds> pauseAfter(int tries, const StepFailure& failure,
                                                    std::chrono::milliseconds left);

// Repeats `step` while its failure allows it, tries and time last and nobody stops the daemon. No
// try but the first begins later than `end`; how long each takes is the step's to bound.
template <typename Step>
auto withRetries(StopSignal& stop, Deadline end, Step step) -> decltype(step()) {
    using std::chrono::milliseconds;
    for (int tries = 1;; ++tries) {
        auto result = co_await step();
        if (result || stop.stopped())
            co_return result;
        const auto left = end - std::chrono::steady_clock::now();
        const auto pause =
            pauseAfter(tries, result.error(), std::chrono::duration_cast<milliseconds>(left));
        if (!pause)
            co_return result;
        co_await stop.sleep(*pause);
    }
}

} // namespace grantlink
