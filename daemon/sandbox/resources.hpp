// What APIs have in common: whose a token is, and which page of a list is meant.
#pragma once

#include "daemon/sandbox/world.hpp"

#include <optional>
#include <span>
#include <string>

namespace grantlink::sandbox {

std::string bearerOf(const Call& call);                       // RFC 6750, section 2.1; "": none
const Token* liveToken(const World& world, const Call& call); // that bearer's, or nullptr

// Whether the token's approval is for this scope.
bool hasScope(const World& world, const Token& token, const std::string& scope);

// A whole number from `low` to `high`; `otherwise` when there is no text, nothing when it is none.
std::optional<int> numberIn(const std::string& text, int low, int high, int otherwise);

// Those of an account's posts that stand on one page, newest first.
struct PostsPage {
    std::span<const Post> posts;
    bool more = false; // there are older ones
};

PostsPage postsFrom(const Account& account, std::size_t first, int size);

// Where the page of a cursor begins, which is `prefix` and the id of the post before it: at the
// first post without one, nowhere when it is none of ours.
std::optional<std::size_t> placeOf(const Account& account, const std::string& cursor,
                                   const std::string& prefix);

std::string pictureOf(const Account& account);
std::string pictureOf(const Post& post);
std::string ownUrl(const Call& call, const Parameters::Fields& query); // of this path, with these

} // namespace grantlink::sandbox
