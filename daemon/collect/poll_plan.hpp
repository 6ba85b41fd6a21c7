// When an account's posts are read. Pure functions of what is known of it.
#pragma once

#include "daemon/config.hpp"
#include "daemon/providers/preset.hpp"
#include "shared/uuid.hpp"

#include <vector>

namespace grantlink {

// Whether there is anything to collect at all.
bool isCollected(const Preset& preset, const ContentConfig& config);

// Where there is not: in an hour or so, since a reload may change that.
TimeMs laterPoll(TimeMs now);

// Of a connection that has just become active: at once, if there is.
TimeMs firstPoll(const Preset& preset, const ContentConfig& config, TimeMs now);

// How many of the newest posts the pace is taken from.
constexpr std::size_t postsForPace = 10;

// `published`: of at most postsForPace posts, the newest first. `since`: when collecting began,
// which counts where there is no post. The mean time between those posts, the silence after the
// newest included, is the account's pace; it is polled eight times in that, within the
// configuration's bounds, and up to a fifth earlier, so that those of one minute do not come back
// together.
TimeMs nextPoll(const std::vector<TimeMs>& published, TimeMs since, const ContentConfig& config,
                TimeMs now);

} // namespace grantlink
