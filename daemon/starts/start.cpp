#include "daemon/starts/start.hpp"

#include "daemon/oauth/dpop_key.hpp"
#include "daemon/oauth/pushed_request.hpp"

#include <spdlog/spdlog.h>

namespace grantlink {

namespace {

constexpr unsigned maxOfOne = 4; // of a connection at a time

constexpr unsigned maxOfProvider = 16; // so that one that is slow does not take all there are

std::string reply(StartStatus status) {
    return encodeStartReply({status, ""});
}

// The same rules by which an approval is taken (AttemptRun::objection), and the link's own end.
bool canStart(const State& state, const Connection& connection, const Config& config, TimeMs now) {
    return connection.waits() && connection.generation == state.generation &&
           connection.linkExpires > now &&
           attemptIsCurrent(state.attempt,
                            static_cast<std::uint32_t>(config.attemptLifetime.count()), now);
}

AttemptParameters parametersOf(const VerifiedState& verified, const Provider& provider) {
    const AuthorizeStep& step = provider.preset().authorize;
    const AttemptValues values = valuesOf(verified.state, *verified.key);
    AttemptParameters out;
    out.state.assign(values.state.data(), values.state.size());
    if (hasChallenge(verified.state.attempt))
        out.codeChallenge = std::string_view(pkceChallenge(values.pkceVerifier));
    if (step.nonce)
        out.nonce = std::string_view(oidcNonce(*verified.key, verified.state.attempt));
    return out;
}

} // namespace

Starts::Starts(StartServices services)
    : services_(std::move(services)), ofConnections_(maxOfOne), atProviders_(maxOfProvider) {}

boost::asio::awaitable<std::string> Starts::start(std::string state) {
    const auto keys = services_.edgeKeys->get(); // what is verified points into them
    const auto verified = decodeState(state, *keys);
    if (!verified)
        co_return reply(StartStatus::refused);
    const auto place = ofConnections_.take(verified->state.connection);
    if (!place)
        co_return reply(StartStatus::busy);
    std::string out = reply(StartStatus::unreachable);
    try {
        out = co_await push(*verified);
    } catch (const std::exception& error) {
        spdlog::error("attempt {}: {}", verified->state.attempt.text(), error.what());
    }
    co_return out;
}

boost::asio::awaitable<std::string> Starts::push(VerifiedState verified) {
    const State& state = verified.state;
    const SettingsPtr settings = services_.settings.get();
    std::optional<Connection> connection;
    services_.vault.read(
        [&](const VaultReader& vault) { connection = vault.connection(state.connection); });
    if (!connection || !canStart(state, *connection, settings->config, nowMs()))
        co_return reply(StartStatus::refused);
    const Provider* provider = settings->provider(connection->provider);
    if (!provider || !provider->ready() || !provider->preset().push)
        co_return reply(StartStatus::refused);
    const auto masters = services_.masterKeys->get();
    auto dpopKey = dpopKeyFor(*provider, *masters, *connection, state.attempt);
    if (!dpopKey)
        co_return reply(StartStatus::refused);
    const auto place = atProviders_.take(provider->id());
    if (!place)
        co_return reply(StartStatus::busy);
    const std::shared_ptr<DpopClient> client = services_.requests.clientFor(connection->id);
    AttemptParameters parameters = parametersOf(verified, *provider);
    const auto url =
        co_await pushRequest(*client, *provider, std::move(parameters), std::move(*dpopKey));
    if (!url) {
        spdlog::warn("attempt {}: the authorization request could not be pushed to {}: {}",
                     state.attempt.text(), provider->id(), url.error().message);
        co_return reply(StartStatus::unreachable);
    }
    co_return encodeStartReply({StartStatus::started, *url});
}

} // namespace grantlink
