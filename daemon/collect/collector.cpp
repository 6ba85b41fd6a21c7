#include "daemon/collect/collector.hpp"

#include "daemon/collect/poll_plan.hpp"
#include "daemon/lifecycle/breakage.hpp"
#include "daemon/lifecycle/plan.hpp"
#include "daemon/media/copy_plan.hpp"
#include "daemon/notify/notify.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr int mostPages = 10;    // of a poll
constexpr TimeMs notYet = 30000; // endpoints that are being discovered

// Whether a page has nothing that those before had not: the provider does not turn pages.
bool repeats(const std::vector<Post>& before, const std::vector<Post>& page) {
    return !page.empty() && std::ranges::all_of(page, [&](const Post& post) {
        return std::ranges::find(before, post.id, &Post::id) != before.end();
    });
}

} // namespace

struct Collector::Case {
    SettingsPtr settings;
    Uuid connection;
    TokenSet tokens;
    const Provider& provider;
    bool complete; // older posts are known

    const ContentConfig& content() const { return settings->config.content; }
};

// What one poll has brought. A failure may have come after some pages.
struct Collector::Poll {
    FeedReading reading;
    bool complete = false; // to what is known, or as far as is wanted
    std::chrono::seconds exhausted{0};
    std::optional<StepFailure> failure;
    bool broken = false; // and no longer to be collected

    bool interrupted() const { return !complete && !failure && exhausted == 0s; } // by the stop
};

// What is remembered of a poll.
void Collector::note(const Poll& poll, Collecting& state, TimeMs now) {
    state.polled = now;
    state.failures = poll.failure ? state.failures + 1 : 0;
    state.trouble = poll.failure ? poll.failure->message : "";
    if (poll.failure && poll.reading.posts.empty())
        return;
    state.complete = poll.complete;
    state.since = state.since ? state.since : now;
}

TimeMs Collector::nextAfter(const VaultReader& vault, const Uuid& connection, const Poll& poll,
                            const Collecting& state, const ContentConfig& content, TimeMs now) {
    if (poll.failure)
        return nextTry(state.failures - 1, poll.failure->retryAfter, now);
    std::vector<TimeMs> published;
    for (const StoredPost& post : vault.posts({connection, postsForPace, {}, 0}).posts)
        published.push_back(post.time);
    const TimeMs allowed = now + inMs(poll.exhausted);
    return std::max(nextPoll(published, state.since, content, now), allowed);
}

Collector::Collector(boost::asio::any_io_executor loop, LifecycleServices& services,
                     Refresher& refresher)
    : services_(services), refresher_(refresher),
      polls_(std::move(loop), services.vault, services.settings, Task::collect,
             [this](Uuid connection) { return collect(connection); }) {}

boost::asio::awaitable<std::chrono::seconds> Collector::collect(Uuid id) {
    auto [connection, tokens] = services_.vault.held(id);
    const SettingsPtr settings = services_.settings.get();
    const Provider* provider = connection ? settings->provider(connection->provider) : nullptr;
    const bool wanted = provider && isCollected(provider->preset(), settings->config.content);
    if (!tokens || !wanted) { // also one that is not active: the vault is looked at once more
        co_await postpone(id, laterPoll(nowMs()));
        co_return 0s;
    }
    if (!provider->ready()) {
        co_await postpone(id, nowMs() + notYet);
        co_return 0s;
    }
    bool complete = false;
    services_.vault.read(
        [&](const VaultReader& vault) { complete = vault.collecting(id).complete; });
    const Case about{settings, id, std::move(*tokens), *provider, complete};
    Poll poll = co_await read(about);
    if (poll.failure && poll.failure->dead)
        poll = co_await readWithNewerToken(about, std::move(poll));
    if (poll.broken || poll.interrupted()) // one that was interrupted is as due as it was
        co_return 0s;
    const std::chrono::seconds turnedAway = poll.failure ? poll.failure->pause() : 0s;
    co_await keep(about, std::move(poll));
    co_return turnedAway;
}

boost::asio::awaitable<Collector::Poll> Collector::read(const Case& about) {
    Poll out;
    DpopClient& client = services_.requests.untraced();
    FeedPlace place;
    for (int pages = 1; !services_.stop.stopped(); ++pages) {
        auto page = co_await fetchFeedPage(client, about.provider, about.tokens, place);
        if (!page) {
            out.failure = page.error();
            co_return out;
        }
        place = page->next;
        out.exhausted = page->exhausted;
        out.reading.toItsEnd = place.isFirst();
        std::vector<Post>& all = out.reading.posts;
        const bool again = repeats(all, page->posts);
        all.insert(all.end(), page->posts.begin(), page->posts.end());
        out.complete = out.reading.toItsEnd || again || pages == mostPages ||
                       all.size() >= about.content().maxPosts || !goesOn(about, page->posts);
        if (out.complete || out.exhausted > 0s)
            break;
    }
    co_return out;
}

// Whether older posts than those of this page are wanted. The last decides: the first may be
// pinned.
bool Collector::goesOn(const Case& about, const std::vector<Post>& page) const {
    if (page.empty())
        return false;
    const Post& last = page.back();
    if (last.time != 0 && last.time < postLimits(about.content(), nowMs()).before)
        return false;
    bool known = false;
    services_.vault.read([&](const VaultReader& vault) {
        known = vault.post(about.connection, last.id).has_value();
    });
    return !known || !about.complete;
}

// The provider says that the token is dead. One that was just refreshed cannot be: then it is the
// feed alone that is not to be read.
boost::asio::awaitable<Collector::Poll> Collector::readWithNewerToken(const Case& about,
                                                                      Poll refused) {
    Poll out = std::move(refused);
    if (!hasNewerToken(about)) {
        if (!canRefresh(about.tokens, about.provider.preset())) {
            std::string reason = out.failure->message;
            out.broken = co_await doubtConnection(services_, about.connection, Doubt::token,
                                                  std::move(reason));
            co_return out;
        }
        Actor grantlinkd; // named: GCC 12 destroys twice what is made inside co_await
        const RefreshResult result =
            co_await refresher_.refresh(about.connection, std::move(grantlinkd));
        if (result.how == Refreshed::failed)
            out.failure = result.failure;
        out.broken = result.how == Refreshed::broken || result.how == Refreshed::notActive;
        if (result.how != Refreshed::done)
            co_return out;
    }
    auto held = services_.vault.held(about.connection);
    if (!held.tokens)
        co_return out;
    const Case again{about.settings, about.connection, std::move(*held.tokens), about.provider,
                     about.complete};
    out = co_await read(again);
    co_return out;
}

// Somebody else has refreshed it, or it was approved anew, while this one was under way.
bool Collector::hasNewerToken(const Case& about) const {
    const Vault::Held held = services_.vault.held(about.connection);
    return held.tokens && held.tokens->accessToken != about.tokens.accessToken;
}

boost::asio::awaitable<void> Collector::keep(const Case& about, Poll poll) {
    const auto changes = std::make_shared<PostChanges>();
    const auto told = std::make_shared<bool>(false);
    const bool shown = about.provider.preset().feed->request.showsToken;
    const bool worked = shown && !poll.failure && !poll.interrupted();
    const auto apply = [settings = about.settings, id = about.connection, poll = std::move(poll),
                        worked, changes, told](VaultWriter& vault) {
        auto connection = vault.connection(id);
        if (!connection || connection->status != ConnectionStatus::active)
            return vault.unschedule(Task::collect, id); // removed meanwhile: nothing is kept
        if (worked && endDoubt(*connection, Doubt::token))
            vault.putConnection(*connection);
        const ContentConfig& content = settings->config.content;
        const TimeMs now = nowMs();
        const bool copies = settings->config.copiesMedia(connection->provider);
        *changes = keepPosts(vault, id, poll.reading, content, copies, now);
        if (copies)
            scheduleCopies(vault, *connection, now);
        *told = notifyPosts(vault, *connection, changes->created, changes->first, *settings);
        Collecting state = vault.collecting(id);
        note(poll, state, now);
        vault.putCollecting(id, state);
        vault.schedule(Task::collect, *connection, nextAfter(vault, id, poll, state, content, now));
    };
    co_await services_.vault.write(apply);
    if (*told)
        services_.notificationQueued();
    if (!changes->created.empty() || !changes->edited.empty() || !changes->deleted.empty())
        spdlog::info("connection {}: {} new posts, {} edited, {} deleted", about.connection.text(),
                     changes->created.size(), changes->edited.size(), changes->deleted.size());
}

// Where it is not active, there is nothing to come back to.
boost::asio::awaitable<void> Collector::postpone(Uuid id, TimeMs next) {
    const auto apply = [id, next](VaultWriter& vault) {
        const auto connection = vault.connection(id);
        if (connection && connection->status == ConnectionStatus::active)
            vault.schedule(Task::collect, *connection, next);
        else
            vault.unschedule(Task::collect, id);
    };
    co_await services_.vault.write(apply);
}

} // namespace grantlink
