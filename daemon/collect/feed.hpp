// An account's content, a page at a time, as the preset's [feed] says.
#pragma once

#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace grantlink {

// What the provider says; texts may be empty, and hold anything.
struct Post {
    std::string id, text, link, media;
    TimeMs time = 0; // 0: it does not say, or not in a form that is known
};

// Where a page begins. The first: nothing is set.
struct FeedPlace {
    std::string cursor; // what the answer before gave as one, or the page's number
    std::string url;    // … or as the next page's URL

    bool isFirst() const { return cursor.empty() && url.empty(); }
};

struct FeedPage {
    std::vector<Post> posts; // in the provider's order, those without an id left out
    FeedPlace next;          // isFirst(): there is none
    std::chrono::seconds exhausted{
        0}; // no further request before that; 0: the provider says nothing
};

// One try, of a provider with a feed. A URL that an answer names is followed only within the origin
// of the preset's own: it is sent the token.
boost::asio::awaitable<StepResult<FeedPage>> fetchFeedPage(DpopClient& client,
                                                           const Provider& provider,
                                                           const TokenSet& tokens, FeedPlace place);

} // namespace grantlink
