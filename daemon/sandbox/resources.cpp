#include "daemon/sandbox/resources.hpp"

#include "daemon/net/url.hpp"
#include "daemon/sandbox/shape.hpp"

#include <algorithm>
#include <charconv>

namespace grantlink::sandbox {

namespace {

const std::string mediaHost = "https://media.sandbox.invalid/";

} // namespace

std::string bearerOf(const Call& call) {
    const std::string_view header = call.request.header("authorization");
    const std::string_view scheme = "Bearer ";
    return header.starts_with(scheme) ? std::string(header.substr(scheme.size())) : std::string();
}

const Token* liveToken(const World& world, const Call& call) {
    const Token* const token = world.ledger.find(bearerOf(call));
    return token && world.ledger.alive(*token) ? token : nullptr;
}

bool hasScope(const World& world, const Token& token, const std::string& scope) {
    const auto scopes = splitList(token.scope, world.shape.authorization.separator);
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

std::optional<int> numberIn(const std::string& text, int low, int high, int otherwise) {
    if (text.empty())
        return otherwise;
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < low || number > high)
        return std::nullopt;
    return number;
}

PostsPage postsFrom(const Account& account, std::size_t first, int size) {
    const std::span<const Post> all(account.posts);
    first = std::min(first, all.size());
    const std::size_t count = std::min(all.size() - first, static_cast<std::size_t>(size));
    return {all.subspan(first, count), first + count < all.size()};
}

std::optional<std::size_t> placeOf(const Account& account, const std::string& cursor,
                                   const std::string& prefix) {
    if (cursor.empty())
        return 0;
    for (std::size_t i = 0; i < account.posts.size(); ++i)
        if (cursor == prefix + account.posts[i].id)
            return i + 1;
    return std::nullopt;
}

std::string pictureOf(const Account& account) {
    return mediaHost + account.handle + ".jpg";
}

std::string pictureOf(const Post& post) {
    return mediaHost + post.id + ".jpg";
}

std::string ownUrl(const Call& call, const Parameters::Fields& query) {
    return "http://" + std::string(call.request.header("host")) + call.request.path + "?" +
           formEncode(query);
}

} // namespace grantlink::sandbox
