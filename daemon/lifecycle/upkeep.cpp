#include "daemon/lifecycle/upkeep.hpp"

#include "daemon/lifecycle/breakage.hpp"
#include "daemon/lifecycle/plan.hpp"
#include "daemon/oauth/identity.hpp"
#include "daemon/oauth/token_requests.hpp"
#include "daemon/text/printable.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr TimeMs hour = 3'600'000;
// A provider that answers nothing but errors for that long after a token's end is believed.
constexpr TimeMs givenUpAfter = 7 * 24 * hour;
constexpr TimeMs revocationGivenUpAfter = 24 * hour;

bool speaksOfAnother(const ApprovedAccount& account, const Connection& connection) {
    return connection.approved && account.id != connection.approved->id;
}

// People rename themselves; the id is what lasts. And a token that works is doubted no longer.
bool isNews(const ApprovedAccount& account, const Connection& connection) {
    return connection.doubted > 0 || !connection.approved ||
           account.handle != connection.approved->handle ||
           account.name != connection.approved->name;
}

} // namespace

struct Upkeep::Case {
    SettingsPtr settings;
    Connection connection;
    TokenSet tokens;
    const Provider& provider;

    const Preset& preset() const { return provider.preset(); }
};

Upkeep::Upkeep(boost::asio::any_io_executor loop, LifecycleServices& services, Refresher& refresher)
    : services_(services), refresher_(refresher),
      looks_(loop, services.vault, services.settings, Task::upkeep,
             [this](Uuid connection) { return look(connection); }),
      revocations_(loop, services.vault, services.settings, Task::revoke,
                   [this](Uuid connection) { return revoke(connection); }) {}

void Upkeep::start() {
    looks_.start();
    revocations_.start();
}

void Upkeep::wake() {
    looks_.wake();
    revocations_.wake();
}

void Upkeep::stop() {
    looks_.stop();
    revocations_.stop();
}

boost::asio::awaitable<std::chrono::seconds> Upkeep::look(Uuid id) {
    auto [connection, tokens] = services_.vault.held(id);
    if (!connection || connection->status != ConnectionStatus::active) {
        const auto forget = [id](VaultWriter& vault) { vault.unschedule(Task::upkeep, id); };
        co_await services_.vault.write(forget);
        co_return 0s;
    }
    if (!tokens) {
        co_await breakConnection(services_, id, "its token cannot be opened any more");
        co_return 0s;
    }
    const SettingsPtr settings = services_.settings.get();
    const Provider* provider = settings->provider(connection->provider);
    if (!provider) // taken out of the configuration at this moment
        co_return 0s;
    const Case about{settings, *connection, std::move(*tokens), *provider};
    const TimeMs now = nowMs();
    if (refreshIsDue(about.tokens, about.preset(), now))
        co_return co_await refresh(about);
    if (hasExpired(about.tokens, now)) {
        co_await breakConnection(services_, id, "its token has expired");
        co_return 0s;
    }
    co_return co_await check(about);
}

boost::asio::awaitable<std::chrono::seconds> Upkeep::refresh(const Case& about) {
    Actor grantlinkd;
    const RefreshResult result =
        co_await refresher_.refresh(about.connection.id, std::move(grantlinkd));
    if (result.how != Refreshed::failed)
        co_return 0s;
    const TimeMs end = std::max(about.tokens.expires, about.tokens.obtained);
    if (nowMs() > end + givenUpAfter) {
        co_await breakConnection(services_, about.connection.id, result.failure.message);
        co_return 0s;
    }
    co_await postpone(about, result.failure);
    co_return result.failure.pause();
}

// Asks who the token is, which tells whether it works.
boost::asio::awaitable<std::chrono::seconds> Upkeep::check(const Case& about) {
    const Uuid id = about.connection.id;
    StepFailure failure;
    Doubt doubt = Doubt::token;
    std::optional<ApprovedAccount> account;
    if (about.preset().identity.from == IdentityFrom::request && about.provider.ready()) {
        const auto client = services_.requests.clientFor(id);
        const WantedAccount wanted = WantedAccount::of(about.connection, about.provider);
        auto identity = co_await fetchIdentity(*client, about.provider, about.tokens, wanted);
        if (!identity) {
            failure = identity.error();
        } else if (speaksOfAnother(identity->account, about.connection)) {
            failure = {"its token speaks of another account now", false, {}, true};
            doubt = Doubt::account;
        } else {
            account = identity->account;
        }
    }
    if (failure.dead && canRefresh(about.tokens, about.preset()))
        co_return co_await refresh(about);
    if (failure.dead) {
        co_await doubtConnection(services_, id, doubt, failure.message);
        co_return 0s;
    }
    const TimeMs next = nextLook(about.tokens, about.preset(), nowMs());
    const auto apply = [id, account, next](VaultWriter& vault) {
        auto connection = vault.connection(id);
        if (!connection || connection->status != ConnectionStatus::active)
            return vault.unschedule(Task::upkeep, id);
        if (account && isNews(*account, *connection)) {
            connection->approved = account;
            endDoubt(*connection, Doubt::account);
            vault.putConnection(*connection);
        }
        vault.schedule(Task::upkeep, *connection, next);
    };
    co_await services_.vault.write(apply);
    co_return failure.pause();
}

boost::asio::awaitable<void> Upkeep::postpone(const Case& about, const StepFailure& failure) {
    const auto apply = [id = about.connection.id, failure](VaultWriter& vault) {
        auto connection = vault.connection(id);
        if (!connection || connection->status != ConnectionStatus::active)
            return vault.unschedule(Task::upkeep, id);
        const TimeMs now = nowMs(), from = notBefore(*connection);
        const TimeMs next =
            from > now ? from : nextTry(connection->upkeepFailures, failure.retryAfter, now);
        if (connection->upkeepFailures == 0) // the trail is to tell of it, not of each try
            vault.record({.time = nowMs(),
                          .kind = EventKind::refreshFailed,
                          .connection = id,
                          .detail = printable(failure.message)});
        ++connection->upkeepFailures;
        connection->trouble = failure.message;
        vault.putConnection(*connection);
        vault.schedule(Task::upkeep, *connection, next);
    };
    co_await services_.vault.write(apply);
}

boost::asio::awaitable<std::chrono::seconds> Upkeep::revoke(Uuid id) {
    auto [connection, tokens] = services_.vault.held(id);
    std::optional<StepFailure> failure;
    const SettingsPtr settings = services_.settings.get();
    const Provider* provider = connection ? settings->provider(connection->provider) : nullptr;
    if (tokens && provider && !provider->ready()) {
        failure = StepFailure{"its endpoints are not known yet", true};
    } else if (tokens && provider) {
        const auto client = services_.requests.clientFor(id);
        failure = co_await revokeTokens(*client, *provider, *tokens);
    }
    const bool asked = tokens.has_value() && provider;
    const bool again =
        failure && failure->mayRetry && nowMs() < connection->updated + revocationGivenUpAfter;
    const auto apply = [connection = connection, id, failure, again, asked](VaultWriter& vault) {
        if (again)
            return vault.schedule(Task::revoke, *connection,
                                  nextTry(0, failure->retryAfter, nowMs()));
        vault.unschedule(Task::revoke, id);
        vault.eraseTokens(id);
        if (asked)
            vault.record({.time = nowMs(),
                          .kind = EventKind::tokenGivenBack,
                          .connection = id,
                          .detail = failure ? printable(failure->message) : ""});
    };
    co_await services_.vault.write(apply);
    co_return failure ? failure->pause() : 0s;
}

} // namespace grantlink
