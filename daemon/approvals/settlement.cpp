#include "daemon/approvals/settlement.hpp"

#include "daemon/audit/attempt_events.hpp"
#include "daemon/collect/poll_plan.hpp"
#include "daemon/lifecycle/keep_tokens.hpp"
#include "daemon/notify/link_notices.hpp"
#include "daemon/notify/notify.hpp"

namespace grantlink {

namespace {

// Nothing: nobody is told.
std::optional<Notice> noticeOf(Outcome outcome) {
    switch (outcome) {
    case Outcome::connected:
        return Notice::connected;
    case Outcome::wrongAccount:
        return Notice::wrongAccount;
    case Outcome::declined:
        return Notice::declined;
    default:
        return std::nullopt;
    }
}

} // namespace

Outcome Settlement::judge(const std::optional<Connection>& connection) const {
    if (proposed != Outcome::connected)
        return proposed;
    if (!connection || connection->status == ConnectionStatus::revoked)
        return Outcome::cancelled;
    if (connection->generation != approval.generation)
        return Outcome::replaced;
    return connection->status == ConnectionStatus::active ? Outcome::alreadyConnected
                                                          : Outcome::connected;
}

Settled Settlement::apply(VaultWriter& vault) const {
    recordArrival(vault, attempt, approval); // which changes the connection
    Settled out;
    out.connection = vault.connection(approval.connection);
    out.outcome = judge(out.connection);
    out.detail = out.outcome == proposed ? detail : "";
    // Another attempt of the same account was faster: revoking this token may end that one's grant.
    const bool givesBack =
        tokens && out.outcome != Outcome::connected && out.outcome != Outcome::alreadyConnected;
    if (givesBack)
        vault.putTokens(attempt, *tokens);
    else
        vault.eraseTokens(attempt);
    vault.putAttempt(attempt, {approval.connection, AttemptStage::done, out.outcome, out.detail});
    recordOutcome(vault, attempt, approval.connection, out.outcome, out.detail);
    // An attempt that came too late for its link says nothing about the connection.
    if (!out.connection || !out.connection->waits() ||
        out.connection->generation != approval.generation)
        return out;
    Connection& connection = *out.connection;
    connection.updated = connection.lastOutcomeAt = nowMs();
    connection.lastOutcome = out.outcome;
    if (out.outcome == Outcome::connected) {
        connection.status = ConnectionStatus::active;
        connection.approved = approved;
        forgetLinkNotices(vault, connection);
        const Preset& preset = settings->provider(connection.provider)->preset();
        keepTokens(vault, connection, *tokens, preset);
        vault.schedule(Task::collect, connection,
                       firstPoll(preset, settings->config.content, nowMs()));
    }
    vault.putConnection(connection);
    if (const auto about = noticeOf(out.outcome))
        out.notified = notify(vault, *about, connection, approved, *settings);
    return out;
}

} // namespace grantlink
