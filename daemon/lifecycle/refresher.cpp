#include "daemon/lifecycle/refresher.hpp"

#include "daemon/lifecycle/breakage.hpp"
#include "daemon/lifecycle/keep_tokens.hpp"
#include "daemon/lifecycle/plan.hpp"
#include "daemon/oauth/token_requests.hpp"

#include <spdlog/spdlog.h>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

StepFailure lastIsUnknown() {
    return {
        "it may have acted on the last refresh, whose answer was lost, and a refresh token that "
        "is sent twice looks stolen; the next refresh is tried when the token has ended"};
}

// What the vault is told of newer tokens.
void store(VaultWriter& vault, const Uuid& id, const TokenSet& tokens, const Settings& settings,
           const Actor& asker) {
    auto connection = vault.connection(id);
    if (!connection)
        return;
    if (connection->status != ConnectionStatus::active) { // removed meanwhile: give these back
        vault.putTokens(id, tokens);
        return vault.schedule(Task::revoke, *connection, nowMs());
    }
    keepTokens(vault, *connection, tokens, settings.provider(connection->provider)->preset());
    vault.putConnection(*connection);
    vault.record({.time = nowMs(), .kind = EventKind::refreshed, .connection = id, .actor = asker});
}

} // namespace

boost::asio::awaitable<RefreshResult> Refresher::refresh(Uuid connection, Actor asker) {
    if (const auto found = running_.find(connection); found != running_.end()) {
        const std::shared_ptr<Running> other = found->second;
        while (!other->result)
            co_await other->done.sleep(1min);
        co_return *other->result;
    }
    const auto mine = std::make_shared<Running>();
    running_.emplace(connection, mine);
    RefreshResult result{Refreshed::failed, {"grantlinkd could not do it; its log says why"}};
    try {
        result = co_await once(connection, std::move(asker));
    } catch (const std::exception& error) {
        spdlog::error("connection {}: refresh: {}", connection.text(), error.what());
    }
    services_.metrics.refreshes[static_cast<std::size_t>(result.how)].add();
    running_.erase(connection);
    mine->result = result;
    mine->done.wakeAll();
    co_return result;
}

boost::asio::awaitable<RefreshResult> Refresher::once(Uuid id, Actor asker) {
    auto [connection, tokens] = services_.vault.held(id);
    if (!connection || connection->status != ConnectionStatus::active || !tokens)
        co_return RefreshResult{Refreshed::notActive};
    const SettingsPtr settings = services_.settings.get();
    const Provider* provider = settings->provider(connection->provider);
    if (!provider || !canRefresh(*tokens, provider->preset()))
        co_return RefreshResult{Refreshed::impossible};
    if (!provider->ready())
        co_return RefreshResult{Refreshed::failed, {"its endpoints are not known yet", true}};
    if (nowMs() < notBefore(*connection))
        co_return RefreshResult{Refreshed::failed, lastIsUnknown()};
    const bool rotates = provider->preset().refresh->rotates;
    if (rotates)
        co_await markAsked(id, nowMs());
    const auto client = services_.requests.clientFor(id);
    auto newer = co_await refreshTokens(*client, *provider, *tokens);
    if (newer)
        co_return co_await keep(id, settings, std::move(*newer), std::move(asker));
    const StepFailure failure = newer.error();
    if (failure.dead) {
        co_await breakConnection(services_, id, failure.message);
        co_return RefreshResult{Refreshed::broken, failure};
    }
    spdlog::warn("connection {}: refresh failed: {}", id.text(), failure.message);
    if (rotates && !failure.unsure)
        co_await markAsked(id, 0);
    co_return RefreshResult{Refreshed::failed, failure};
}

boost::asio::awaitable<void> Refresher::markAsked(Uuid id, TimeMs when) {
    const auto apply = [id, when](VaultWriter& vault) {
        auto connection = vault.connection(id);
        if (!connection)
            return;
        connection->refreshAsked = when;
        vault.putConnection(*connection);
    };
    co_await services_.vault.write(apply);
}

boost::asio::awaitable<RefreshResult> Refresher::keep(Uuid id, SettingsPtr settings,
                                                      TokenSet tokens, Actor asker) {
    const auto apply = [id, settings, tokens, asker](VaultWriter& vault) {
        store(vault, id, tokens, *settings, asker);
    };
    for (;;) {
        try {
            co_await services_.vault.write(apply);
            spdlog::info("connection {}: refreshed", id.text());
            co_return RefreshResult{Refreshed::done};
        } catch (const std::exception& error) {
            spdlog::error("connection {}: its new tokens cannot be kept yet: {}", id.text(),
                          error.what());
        }
        if (services_.stop.stopped())
            co_return RefreshResult{Refreshed::failed, {"its new tokens could not be kept"}};
        co_await services_.stop.sleep(1s);
    }
}

} // namespace grantlink
