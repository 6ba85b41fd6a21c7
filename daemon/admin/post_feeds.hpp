// Posts as feeds for other programs: JSON Feed 1.1 and Atom (RFC 4287).
//
// Posts that were deleted are left out: neither format can say it.
#pragma once

#include "daemon/vault/connection.hpp"
#include "daemon/vault/stored_post.hpp"

#include <string>
#include <vector>

namespace grantlink {

// A post with the connection that it is of.
struct PostOf {
    StoredPost post;
    Connection connection;
};

struct PostFeed {
    std::string title;
    std::string host;   // of this installation: ids are tag URIs (RFC 4151) of its
    std::string self;   // path and query of this page
    std::string next;   // … of the next one; "": there is none
    TimeMs updated = 0; // where there is no post
    std::vector<PostOf> posts;
    std::string of; // the connection's id; "": all of them
};

std::string asJsonFeed(const PostFeed& feed);
std::string asAtom(const PostFeed& feed);

} // namespace grantlink
