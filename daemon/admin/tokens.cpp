#include "daemon/admin/tokens.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/collect/feed.hpp"
#include "daemon/lifecycle/plan.hpp"

namespace grantlink {

namespace {

using namespace std::chrono_literals;

std::chrono::seconds minTtlOf(const std::vector<std::pair<std::string, std::string>>& query) {
    std::chrono::seconds out = 60s;
    for (const auto& [name, value] : query) {
        if (name != "min_ttl")
            throw noSuchParameter(name, "min_ttl");
        const auto given = parseDuration(value);
        if (!given || *given > std::chrono::days(366))
            throw badRequest("min_ttl must be a number and a unit, such as \"5m\"", name);
        out = *given;
    }
    return out;
}

struct Held {
    Connection connection;
    TokenSet tokens;
};

Held find(const Vault& vault, const Uuid& id) {
    auto [connection, tokens] = vault.held(id);
    if (!connection)
        throw noSuchConnection(id);
    if (connection->status != ConnectionStatus::active)
        throw conflict("the connection is " + std::string(nameOf(connection->status)) +
                       "; only an active one has a token");
    if (!tokens)
        throw conflict("its token cannot be opened: the master key that sealed it is gone");
    return {std::move(*connection), std::move(*tokens)};
}

// For all but `done`.
[[noreturn]] void refuse(const RefreshResult& result) {
    switch (result.how) {
    case Refreshed::impossible:
        throw conflict("this provider has no refresh for it; it can only be approved again");
    case Refreshed::broken:
        throw conflict("the provider refused: " + result.failure.message +
                       "; the connection needs a new approval");
    case Refreshed::notActive:
        throw conflict("the connection is not active any more");
    default:
        throw Problem(503, "Service Unavailable",
                      "the provider could not do it now: " + result.failure.message);
    }
}

// A token that is bound to a key is worth nothing without it (RFC 9449, section 7).
Json represent(const Held& held) {
    const SecretBytes& key = held.tokens.dpopKey;
    return Json::object()
        .set("access_token", textOf(held.tokens.accessToken))
        .set("token_type", key.empty() ? "Bearer" : "DPoP")
        .set("dpop_key", key.empty() ? Json() : Json::parse(textOf(key)))
        .set("expires_at", timeOrNull(held.tokens.expires))
        .set("scopes", scopesOf(held.connection.tokenScope));
}

Json represent(const Post& post) {
    return Json::object()
        .set("id", post.id)
        .set("text", textOrNull(post.text))
        .set("url", textOrNull(post.link))
        .set("media_url", textOrNull(post.media))
        .set("published_at", timeOrNull(post.time));
}

} // namespace

boost::asio::awaitable<Json>
TokensApi::vend(Uuid id, std::vector<std::pair<std::string, std::string>> query, Actor actor) {
    const std::chrono::seconds minTtl = minTtlOf(query);
    Held held = find(vault_, id);
    if (!lastsFor(held.tokens, minTtl, nowMs())) {
        const RefreshResult result = co_await refresher_.refresh(id, actor);
        held = find(vault_, id); // also after a failure: somebody else may have done it
        if (result.how != Refreshed::done && !lastsFor(held.tokens, minTtl, nowMs()))
            refuse(result);
    }
    const auto vended = [id, actor](VaultWriter& vault) {
        vault.record(
            {.time = nowMs(), .kind = EventKind::vended, .connection = id, .actor = actor});
    };
    co_await vault_.write(vended);
    co_return represent(held);
}

boost::asio::awaitable<Json> TokensApi::refresh(Uuid id, Actor actor) {
    find(vault_, id);
    const RefreshResult result = co_await refresher_.refresh(id, std::move(actor));
    if (result.how != Refreshed::done)
        refuse(result);
    const Held held = find(vault_, id);
    co_return grantlink::represent(held.connection);
}

boost::asio::awaitable<Json> TokensApi::readFeed(Uuid id) {
    const Held held = find(vault_, id);
    const SettingsPtr settings = settings_.get();
    const Provider* provider = settings->provider(held.connection.provider);
    if (!provider || !provider->ready() || !provider->preset().feed)
        throw conflict("this provider's preset says of no feed where it is");
    const auto client = requests_.clientFor(id);
    Json posts = Json::array();
    FeedPlace place;
    for (int pages = 0; pages < 2; ++pages) {
        const auto page = co_await fetchFeedPage(*client, *provider, held.tokens, place);
        if (!page)
            throw Problem(502, "Bad Gateway",
                          "the provider did not answer with posts: " + page.error().message);
        for (const Post& post : page->posts)
            posts.push(represent(post));
        place = page->next;
        if (place.isFirst())
            break;
    }
    co_return Json::object().set("posts", posts).set("more", !place.isFirst());
}

} // namespace grantlink
