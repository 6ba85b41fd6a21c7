#include "daemon/approvals/attempt_run.hpp"

#include "daemon/approvals/settlement.hpp"
#include "daemon/audit/attempt_events.hpp"
#include "daemon/net/url.hpp"
#include "daemon/oauth/dpop_key.hpp"
#include "daemon/oauth/id_token.hpp"
#include "daemon/oauth/identity.hpp"
#include "daemon/oauth/token_requests.hpp"
#include "shared/attempt.hpp"
#include "shared/sealed_code.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

using Clock = std::chrono::steady_clock;

AttemptRun::AttemptRun(ApprovalServices& services, SpoolEntry entry)
    : services_(services), settings_(services.settings.get()),
      masterKeys_(services.masterKeys->get()), edgeKeys_(services.edgeKeys->get()),
      attempt_(entry.attempt), record_(std::move(entry.approval)),
      approval_(parseApproval(bytesOf(record_))) {}

boost::asio::awaitable<void> AttemptRun::run() {
    if (!approval_) {
        spdlog::error("attempt {}: the spool has a record that is no approval; it is dropped",
                      attempt_.text());
        co_await services_.spool.discard(attempt_);
        co_return;
    }
    client_ = services_.requests.clientFor(approval_->connection);
    std::optional<AttemptRecord> before;
    services_.vault.read([&](const VaultReader& vault) {
        before = vault.attempt(attempt_);
        connection_ = vault.connection(approval_->connection);
    });
    if (connection_)
        provider_ = settings_->provider(connection_->provider);
    if (before && before->stage == AttemptStage::done) {
        co_await tellEdge(before->outcome.value_or(Outcome::providerError), before->detail);
        co_return;
    }
    std::optional<Verdict> verdict;
    if (before && before->stage == AttemptStage::exchanging) {
        verdict = Verdict{Outcome::providerError, "the connection to it was interrupted"};
    } else if (before) {
        std::optional<TokenSet> tokens;
        services_.vault.read([&](const VaultReader& vault) { tokens = vault.tokens(attempt_); });
        if (tokens)
            verdict = co_await identify(std::move(*tokens));
        else
            verdict = Verdict{Outcome::providerError, "its first token could not be read"};
    } else {
        verdict = co_await decide();
    }
    if (verdict)
        co_await settle(std::move(*verdict));
}

std::optional<AttemptRun::Verdict> AttemptRun::objection() const {
    const auto verdict = [](Outcome outcome, const char* detail = "") {
        return Verdict{outcome, detail};
    };
    if (!connection_ || connection_->status == ConnectionStatus::revoked)
        return verdict(Outcome::cancelled);
    if (connection_->generation != approval_->generation)
        return verdict(Outcome::replaced);
    if (connection_->status == ConnectionStatus::active)
        return verdict(Outcome::alreadyConnected);
    const auto lifetime = static_cast<std::uint32_t>(settings_->config.attemptLifetime.count());
    if (!attemptIsCurrent(attempt_, lifetime, approval_->received))
        return verdict(Outcome::expired);
    if (!provider_)
        return verdict(Outcome::providerError, "it is not set up here");
    return std::nullopt;
}

boost::asio::awaitable<std::optional<AttemptRun::Verdict>> AttemptRun::decide() {
    if (auto no = objection())
        co_return no;
    const bool hasCode = approval_->kind == ApprovalKind::code;
    if (hasCode) // else it waits in the spool, and comes here again
        requireEndpoints();
    if (services_.requests.isTraced(connection_->id))
        traceBrowser();
    if (hasCode)
        co_return co_await exchange();
    if (saysNo(approval_->payload))
        co_return Verdict{Outcome::declined, ""};
    co_return Verdict{Outcome::providerError, quoted(std::string(approval_->payload))};
}

boost::asio::awaitable<std::optional<AttemptRun::Verdict>> AttemptRun::exchange() {
    const MasterKey* key = masterKeys_->find(approval_->sealKey);
    const auto code =
        key ? openSealedCode(*key, attempt_, bytesOf(approval_->payload)) : std::nullopt;
    if (!code)
        co_return Verdict{Outcome::providerError, "its answer could not be opened"};
    const auto tokens = co_await withRetries(services_.stop, Clock::now() + recipientsPatience,
                                             [&] { return exchangeOnce(textOf(*code)); });
    if (!tokens) {
        if (services_.stop.stopped() && tokens.error().mayRetry)
            co_return std::nullopt; // stays in the spool for the next start
        services_.metrics.exchangesFailed.add();
        co_return failed(tokens.error(), "exchange");
    }
    services_.metrics.exchangesDone.add();
    co_await mark(AttemptStage::exchanged, *tokens);
    co_return co_await identify(*tokens);
}

// The mark stands before the request leaves; it goes only when the provider has not acted on it.
boost::asio::awaitable<StepResult<TokenSet>> AttemptRun::exchangeOnce(std::string_view code) {
    const EdgeKey* key = edgeKeys_->find(approval_->edgeKey);
    if (!key)
        co_return StepFailure{"its edge key is no longer in edge.key", false, {}};
    auto dpopKey = dpopKeyFor(*provider_, *masterKeys_, *connection_, attempt_);
    if (!dpopKey)
        co_return StepFailure{"its master key is no longer in master.key", false, {}};
    co_await mark(AttemptStage::exchanging);
    const State state{attempt_, approval_->connection, approval_->generation};
    const DerivedText verifier = valuesOf(state, *key).pkceVerifier;
    const auto sent = hasChallenge(attempt_) ? std::string_view(verifier) : std::string_view();
    auto result = co_await exchangeCode(*client_, *provider_, code, sent, std::move(*dpopKey));
    if (!result && result.error().mayRetry) {
        const auto unmark = [attempt = attempt_](VaultWriter& vault) {
            vault.removeAttempt(attempt);
        };
        co_await services_.vault.write(unmark);
    }
    co_return result;
}

boost::asio::awaitable<std::optional<AttemptRun::Verdict>> AttemptRun::identify(TokenSet first) {
    if (!connection_)
        co_return Verdict{Outcome::cancelled, ""};
    if (!provider_)
        co_return Verdict{Outcome::providerError, "it is not set up here"};
    requireEndpoints();
    const std::string expected = nonce();
    const Deadline end = Clock::now() + recipientsPatience;
    DpopClient client = client_->until(end);
    const auto checked = co_await withRetries(services_.stop, end, [&] {
        return checkIdToken(client, services_.keySets, *provider_, first, expected);
    });
    if (!checked && services_.stop.stopped())
        co_return std::nullopt;
    if (!checked)
        co_return failed(checked.error(), "ID token", first);
    // Not cut short, as the exchange is not: what it brings late could not be given back.
    const auto tokens = co_await withRetries(
        services_.stop, end, [&] { return upgradeTokens(*client_, *provider_, *checked); });
    if (!tokens && services_.stop.stopped())
        co_return std::nullopt;
    if (!tokens)
        co_return failed(tokens.error(), "upgrade", first);
    const WantedAccount wanted = WantedAccount::of(*connection_, *provider_);
    const auto identity = co_await withRetries(
        services_.stop, end, [&] { return fetchIdentity(client, *provider_, *tokens, wanted); });
    if (!identity && services_.stop.stopped())
        co_return std::nullopt;
    if (!identity)
        co_return failed(identity.error(), "identity", *tokens);
    const ApprovedAccount& account = identity->account;
    if (wanted.is(account, *provider_))
        co_return Verdict{Outcome::connected, "", identity->tokens, account};
    co_return Verdict{Outcome::wrongAccount, provider_->display(quoted(account.handle)), *tokens,
                      account};
}

// The browser's part of the flow, for who tries a preset. What works only once goes by its name.
void AttemptRun::traceBrowser() const {
    const Preset& preset = provider_->preset();
    std::string sent = provider_->authorizeUrl();
    if (preset.push)
        sent += "request_uri={request_uri}";
    else
        sent +=
            std::string("state={state}") +
            (hasChallenge(attempt_) ? "&code_challenge={code_challenge}&code_challenge_method=S256"
                                    : "") +
            (preset.authorize.nonce ? "&nonce={nonce}" : "");
    services_.requests.note(connection_->id, "authorize", std::move(sent));
    const std::string answer = approval_->kind == ApprovalKind::code
                                   ? "?code={code}"
                                   : "?error=" + percentEncode(approval_->payload);
    services_.requests.note(connection_->id, "callback",
                            provider_->redirectUri() + answer + "&state={state}");
}

// RFC 6749, section 4.1.2.1, or in the provider's own words.
bool AttemptRun::saysNo(std::string_view error) const {
    const std::vector<std::string>& no = provider_->preset().authorize.declined;
    return std::find(no.begin(), no.end(), error) != no.end();
}

// An attempt that cannot go on yet stays in the spool: see ApprovalProcessor.
void AttemptRun::requireEndpoints() const {
    if (provider_ && !provider_->ready())
        throw std::runtime_error(provider_->id() + "'s endpoints are not known yet");
}

// What the edge has sent (OpenID Connect Core, section 3.1.2.1).
std::string AttemptRun::nonce() const {
    const EdgeKey* key = edgeKeys_->find(approval_->edgeKey);
    return key ? std::string(std::string_view(oidcNonce(*key, attempt_))) : std::string();
}

AttemptRun::Verdict AttemptRun::failed(const StepFailure& failure, const char* step,
                                       std::optional<TokenSet> tokens) const {
    spdlog::warn("attempt {}: {} failed: {}", attempt_.text(), step, failure.message);
    return {Outcome::providerError, failure.message, std::move(tokens)};
}

boost::asio::awaitable<void> AttemptRun::mark(AttemptStage stage, std::optional<TokenSet> tokens) {
    const AttemptRecord record{approval_->connection, stage, std::nullopt, ""};
    // The approval's payload lies in a record of this object, which waits here.
    const auto put = [attempt = attempt_, record, tokens,
                      approval = *approval_](VaultWriter& vault) {
        vault.putAttempt(attempt, record);
        recordArrival(vault, attempt, approval);
        if (tokens) {
            vault.putTokens(attempt, *tokens);
            recordExchange(vault, attempt, approval.connection);
        }
    };
    co_await services_.vault.write(put);
}

boost::asio::awaitable<void> AttemptRun::settle(Verdict verdict) {
    Settlement settlement{attempt_,       *approval_,       verdict.outcome, verdict.detail,
                          verdict.tokens, verdict.approved, settings_};
    const auto end = std::make_shared<Settled>();
    const auto apply = [settlement = std::move(settlement), end](VaultWriter& vault) {
        *end = settlement.apply(vault);
    };
    co_await services_.vault.write(apply);
    services_.metrics.countOutcome(end->outcome, approval_->received);
    if (end->notified)
        services_.notificationQueued();
    connection_ = end->connection;
    co_await tellEdge(end->outcome, end->detail);
}

// Tokens that nobody is to have. They stay sealed under the attempt until the provider was told, so
// that a daemon killed in between tells it at its next start.
boost::asio::awaitable<void> AttemptRun::giveBack() {
    std::optional<TokenSet> tokens;
    services_.vault.read([&](const VaultReader& vault) { tokens = vault.tokens(attempt_); });
    if (!tokens)
        co_return;
    requireEndpoints();
    if (provider_)
        co_await revokeTokens(*client_, *provider_, *tokens); // the log says if it failed
    const auto erase = [attempt = attempt_](VaultWriter& vault) { vault.eraseTokens(attempt); };
    co_await services_.vault.write(erase);
}

// The link view first: whoever sees "connected" on the status page finds the same behind the link.
boost::asio::awaitable<void> AttemptRun::tellEdge(Outcome outcome, std::string detail) {
    const bool shown = // also how others ended, on the page of a link that is shared
        connection_ && (outcome == Outcome::connected || !connection_->together.empty());
    if (shown)
        co_await services_.links.publish(services_.vault, connection_->id);
    co_await giveBack();
    OutcomeRecord record{outcome, approval_->connection, approval_->generation, nowMs(),
                         std::move(detail)};
    co_await services_.spool.finish(attempt_, std::move(record));
    spdlog::info("attempt {}: {}", attempt_.text(), nameOf(outcome));
}

} // namespace grantlink
