// When an account's posts are read again. A pure function of when it has published.
#pragma once

#include "daemon/config.hpp"

#include <vector>

namespace grantlink {

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
