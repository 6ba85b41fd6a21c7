#include "daemon/lifecycle/plan.hpp"

#include <sodium.h>

#include <algorithm>

namespace grantlink {

namespace {

constexpr TimeMs minute = 60'000;
constexpr TimeMs day = 24 * 60 * minute;

bool sendsRefreshToken(const RequestTemplate& request) {
    return std::find(request.omit.begin(), request.omit.end(), "refresh_token") ==
           request.omit.end();
}

// When a refresh may begin; only of tokens that end.
TimeMs refreshFrom(const TokenSet& tokens, const Preset& preset) {
    const TimeMs life = tokens.expires - tokens.obtained;
    const auto minAge = inMs(preset.refresh->minAge);
    return tokens.obtained + std::max(life / 5 * 3, minAge);
}

bool ends(const TokenSet& tokens) {
    return tokens.expires > tokens.obtained;
}

} // namespace

TimeMs upTo(TimeMs range) {
    constexpr TimeMs most = 0xffff'ffff;
    return randombytes_uniform(static_cast<std::uint32_t>(std::min(range, most - 1)) + 1);
}

bool canRefresh(const TokenSet& tokens, const Preset& preset) {
    return preset.refresh &&
           (!tokens.refreshToken.empty() || !sendsRefreshToken(preset.refresh->request));
}

bool refreshIsDue(const TokenSet& tokens, const Preset& preset, TimeMs now) {
    return ends(tokens) && canRefresh(tokens, preset) && now >= refreshFrom(tokens, preset);
}

bool hasExpired(const TokenSet& tokens, TimeMs now) {
    return ends(tokens) && now >= tokens.expires;
}

bool lastsFor(const TokenSet& tokens, std::chrono::seconds time, TimeMs now) {
    return !ends(tokens) || tokens.expires > now + inMs(time);
}

TimeMs nextLook(const TokenSet& tokens, const Preset& preset, TimeMs now) {
    TimeMs out = now + day / 5 * 4 + upTo(day / 5 * 2);
    if (ends(tokens) && canRefresh(tokens, preset))
        out = std::min(out,
                       refreshFrom(tokens, preset) + upTo((tokens.expires - tokens.obtained) / 5));
    else if (ends(tokens))
        out = std::min(out, tokens.expires);
    return std::max(out, now);
}

TimeMs grownPause(unsigned failures) {
    return std::min(minute << std::min(failures, 6u), 60 * minute);
}

TimeMs nextTry(unsigned failures, std::chrono::seconds retryAfter, TimeMs now) {
    const TimeMs wait = std::max(grownPause(failures), inMs(retryAfter));
    return now + wait + upTo(std::min(wait, 60 * minute) / 4);
}

TimeMs notBefore(const Connection& connection) {
    return connection.refreshAsked > 0 ? connection.tokenExpires : 0;
}

} // namespace grantlink
