#include "daemon/oauth/step.hpp"

#include "shared/uuid.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace grantlink {

namespace {

constexpr std::chrono::seconds longestPause(120); // while somebody waits

constexpr std::chrono::seconds usualWindow(900); // of a limit that does not say when it ends

// The number that a header begins with; nothing: there is none.
std::optional<long> numberIn(const HttpResponse& response, std::string_view header) {
    const std::string_view text = header.empty() ? header : response.header(header);
    long out = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() ? std::optional(out) : std::nullopt;
}

// RFC 9110, section 10.2.3; the HTTP-date form is rare here and counts as "soon".
std::chrono::seconds retryAfterOf(const HttpResponse& response, const RateLimit& limit) {
    long seconds = numberIn(response, "retry-after").value_or(0);
    if (const auto reset = numberIn(response, limit.reset); seconds == 0 && reset && *reset > 0)
        seconds = *reset - (limit.resetIsTime ? static_cast<long>(nowMs() / 1000) : 0);
    return std::chrono::seconds(std::clamp(seconds, 0L, 86400L));
}

bool noneIsLeft(const HttpResponse& response, const RateLimit& limit) {
    return numberIn(response, limit.remaining) == 0;
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
    const bool harmless = !error.maybeSent || repeatable == Repeatable::yes;
    return {error.message, harmless, {}};
}

StepFailure failureOf(const HttpResponse& response, const std::string& said, const RateLimit& limit,
                      Repeatable repeatable) {
    // Both say that the request was not acted upon (RFC 6585, section 4; RFC 9110, 15.6.4).
    const bool turnedAway = response.status == 429 || response.status == 503;
    const bool serverError = response.status >= 500 && repeatable == Repeatable::yes;
    std::string message = "status " + std::to_string(response.status);
    if (!said.empty())
        message = quoted(said);
    StepFailure out{message, turnedAway || serverError, retryAfterOf(response, limit)};
    out.turnedAway = turnedAway || noneIsLeft(response, limit); // some say 403 then
    return out;
}

std::chrono::seconds exhaustedFor(const HttpResponse& response, const RateLimit& limit) {
    if (!noneIsLeft(response, limit))
        return {};
    const std::chrono::seconds wait = retryAfterOf(response, limit);
    return wait.count() > 0 ? wait : usualWindow;
}

std::chrono::milliseconds backoff(int tries, const StepFailure& failure) {
    const auto grown = std::chrono::milliseconds(500 << std::min(tries - 1, 6));
    const std::chrono::milliseconds jitter(randombytes_uniform(250));
    const auto asked = std::min<std::chrono::milliseconds>(failure.retryAfter, longestPause);
    return std::max(asked, grown) + jitter;
}

} // namespace grantlink
