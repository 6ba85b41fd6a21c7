#include "daemon/oauth/step.hpp"

#include "shared/uuid.hpp"

#include <curl/curl.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace grantlink {

namespace {

constexpr std::chrono::seconds usualWindow(900); // of a limit that does not say when it ends

// The number that a header begins with; nothing: there is none.
std::optional<long> numberIn(const HttpResponse& response, std::string_view header) {
    const std::string_view text = header.empty() ? header : response.header(header);
    long out = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() ? std::optional(out) : std::nullopt;
}

std::chrono::seconds inReason(long seconds) {
    return std::chrono::seconds(std::clamp(seconds, 0L, 86400L));
}

// Seconds from now, or an HTTP-date (RFC 9110, section 10.2.3). 0: it does not say.
std::chrono::seconds retryAfterOf(const HttpResponse& response) {
    if (const auto seconds = numberIn(response, "retry-after"))
        return inReason(*seconds);
    const std::string date(response.header("retry-after"));
    const auto time = curl_getdate(date.c_str(), nullptr); // -1: it is none
    return inReason(static_cast<long>(time) - static_cast<long>(nowMs() / 1000));
}

// What the preset's [rate_limit] says of an answer for which there were too many requests.
std::chrono::seconds resetOf(const HttpResponse& response, const RateLimit& limit) {
    const long reset = numberIn(response, limit.reset).value_or(0);
    return inReason(reset - (limit.resetIsTime ? static_cast<long>(nowMs() / 1000) : 0));
}

std::chrono::seconds pauseOf(const HttpResponse& response, const RateLimit& limit) {
    const std::chrono::seconds asked = retryAfterOf(response);
    return asked.count() > 0 ? asked : resetOf(response, limit);
}

bool noneIsLeft(const HttpResponse& response, const RateLimit& limit) {
    return numberIn(response, limit.remaining) == 0;
}

// Whether an answer says that the request was not acted upon: RFC 6585, section 4; GitHub's and
// others' 403; RFC 9110, section 15.6.4. A 503 that does not say when it ends may as well be a
// proxy's that lost its server in the middle of it.
bool isTurnedAway(const HttpResponse& response, const RateLimit& limit) {
    switch (response.status) {
    case 429:
        return true;
    case 403:
        return noneIsLeft(response, limit);
    case 503:
        return !response.header("retry-after").empty();
    default:
        return false;
    }
}

} // namespace

std::string quoted(const std::string& text) {
    std::string out;
    for (char c : text.substr(0, 200))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    return out;
}

StepFailure failureOf(const HttpError& error, Repeatable repeatable) {
    if (error.refused) { // the recipient is not told where
        spdlog::error("{}", error.message);
        return {"grantlink may not ask it where it is", false, {}};
    }
    StepFailure out{error.message};
    out.unsure = error.maybeSent;
    out.mayRetry = !error.untrusted && (!out.unsure || repeatable == Repeatable::yes);
    return out;
}

StepFailure failureOf(const HttpResponse& response, const std::string& said, const RateLimit& limit,
                      Repeatable repeatable) {
    const bool turnedAway = isTurnedAway(response, limit);
    const bool tooMany = turnedAway || noneIsLeft(response, limit);
    StepFailure out{said.empty() ? "status " + std::to_string(response.status) : quoted(said)};
    out.unsure = response.status >= 500 && !turnedAway;
    out.mayRetry = turnedAway || (out.unsure && repeatable == Repeatable::yes);
    out.turnedAway = tooMany || response.status == 503;
    out.retryAfter = tooMany ? pauseOf(response, limit) : retryAfterOf(response);
    return out;
}

std::chrono::seconds exhaustedFor(const HttpResponse& response, const RateLimit& limit) {
    if (!noneIsLeft(response, limit))
        return {};
    const std::chrono::seconds wait = pauseOf(response, limit);
    return wait.count() > 0 ? wait : usualWindow;
}

std::optional<std::chrono::milliseconds> pauseAfter(int tries, const StepFailure& failure,
                                                    std::chrono::milliseconds left) {
    const auto grown = std::chrono::milliseconds(500 << std::min(tries - 1, 6));
    const std::chrono::milliseconds jitter(randombytes_uniform(250));
    const auto out = std::max<std::chrono::milliseconds>(failure.retryAfter, grown) + jitter;
    const bool again = failure.mayRetry && tries < maxTries && out < left;
    return again ? std::optional(out) : std::nullopt;
}

} // namespace grantlink
