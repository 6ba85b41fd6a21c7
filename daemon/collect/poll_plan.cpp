#include "daemon/collect/poll_plan.hpp"

#include "daemon/lifecycle/plan.hpp"

#include <algorithm>

namespace grantlink {

bool isCollected(const Preset& preset, const ContentConfig& config) {
    return config.enabled && preset.feed;
}

TimeMs laterPoll(TimeMs now) {
    constexpr TimeMs hour = 3'600'000;
    return now + hour + upTo(hour / 5);
}

TimeMs firstPoll(const Preset& preset, const ContentConfig& config, TimeMs now) {
    return isCollected(preset, config) ? now : laterPoll(now);
}

TimeMs nextPoll(const std::vector<TimeMs>& published, TimeMs since, const ContentConfig& config,
                TimeMs now) {
    constexpr TimeMs pollsAPost = 8;
    const TimeMs from = published.empty() ? since : published.back();
    const TimeMs span = now > from ? now - from : 0;
    const TimeMs pace = span / std::max<TimeMs>(published.size(), 1);
    const auto least = inMs(config.fastest);
    const auto most = inMs(config.slowest);
    // The fastest is a promise to the provider.
    const TimeMs wait = std::clamp(pace / pollsAPost, std::min(least * 5 / 4, most), most);
    return now + std::max(wait - upTo(wait / 5), least);
}

} // namespace grantlink
