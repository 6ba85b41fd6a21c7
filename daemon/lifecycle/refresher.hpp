// Newer tokens for a connection (RFC 6749, section 6), one request at a time whoever asks.
//
// A provider that rotates refresh tokens revokes all of them when two refreshes race, so callers
// that come while one is under way share its result. What was received is durable before the old
// tokens are gone: both happen in one transaction, which is repeated for as long as the vault
// cannot take it. Where refresh tokens rotate, a mark is durable before one is sent, and goes with
// a definite answer. While it stands, because the answer was lost or the daemon killed, no refresh
// token is sent, whoever asks, before the access token has ended (plan.hpp). If the provider
// refuses it then, the connection is broken, which its requester is told.
//
// Thread: the loop's.
#pragma once

#include "daemon/lifecycle/refreshed.hpp"
#include "daemon/lifecycle/services.hpp"
#include "daemon/oauth/step.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <optional>

namespace grantlink {

struct RefreshResult {
    Refreshed how = Refreshed::failed;
    StepFailure failure = {}; // when failed or broken
};

class Refresher {
  public:
    explicit Refresher(LifecycleServices& services) : services_(services) {}

    // One try. With the first look at what newer tokens need scheduled when it returns.
    // `asker`: who wants it. Others who ask while it runs get the same.
    boost::asio::awaitable<RefreshResult> refresh(Uuid connection, Actor asker);

    bool idle() const { return running_.empty(); }

  private:
    struct Running {
        StopSignal done;
        std::optional<RefreshResult> result;
    };

    boost::asio::awaitable<RefreshResult> once(Uuid connection, Actor asker);
    boost::asio::awaitable<void> markAsked(Uuid connection, TimeMs when); // 0: it is not any more
    boost::asio::awaitable<RefreshResult> keep(Uuid connection, SettingsPtr settings,
                                               TokenSet tokens, Actor asker);

    LifecycleServices& services_;
    std::map<Uuid, std::shared_ptr<Running>> running_;
};

} // namespace grantlink
