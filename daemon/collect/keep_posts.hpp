// What was read of an account's feed, put beside what is kept of it: new posts, edits, deletions.
//
// Runs inside the vault's transaction, so that whoever wants to tell of a post can do it in the
// same one: see PostChanges.
#pragma once

#include "daemon/collect/feed.hpp"
#include "daemon/config.hpp"
#include "daemon/vault/vault.hpp"

#include <optional>
#include <vector>

namespace grantlink {

struct FeedReading {
    std::vector<Post> posts; // in the provider's order
    bool toItsEnd = false;   // there was no further page
};

struct PostChanges {
    bool first = false; // they are what there was before anything was collected
    std::vector<StoredPost> created, edited, deleted;
};

PostLimits postLimits(const ContentConfig& config, TimeMs now);

// Puts what is new, changed or gone, and forgets what is beyond the limits. A post is edited when
// its text or link is another; the address of its media may change with every request, and is only
// kept up to date. `copies`: what the posts show is to be copied, where it is not yet.
PostChanges keepPosts(VaultWriter& vault, const Uuid& connection, const FeedReading& reading,
                      const ContentConfig& config, bool copies, TimeMs now);

// From which time of publication on a reading has every post that there is, so that those which are
// missing were deleted. Nothing: it does not say. A feed has to be in the order of time for that,
// but for at most three pinned posts at its head. One that was read to its end is taken for
// complete for the last fortnight: some providers leave out what is older than some weeks.
std::optional<TimeMs> coveredFrom(const FeedReading& reading, TimeMs now);

} // namespace grantlink
