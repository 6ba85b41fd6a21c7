#include "daemon/approvals/settlement.hpp"

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
    // An attempt that came too late for its link says nothing about the connection.
    const bool waits = out.connection && (out.connection->status == ConnectionStatus::pending ||
                                          out.connection->status == ConnectionStatus::broken);
    if (!waits || out.connection->generation != approval.generation)
        return out;
    Connection& connection = *out.connection;
    connection.updated = connection.lastOutcomeAt = nowMs();
    connection.lastOutcome = out.outcome;
    if (out.outcome == Outcome::connected) {
        connection.status = ConnectionStatus::active;
        connection.approved = approved;
        connection.tokenExpires = tokens->expires;
        connection.tokenScope = tokens->scope;
        connection.upkeepFailures = 0;
        connection.trouble.clear();
        vault.putTokens(connection.id, *tokens);
        vault.schedule(Task::upkeep, connection, upkeepDue);
    }
    vault.putConnection(connection);
    out.notified = notify(vault, connection, out.outcome);
    return out;
}

bool Settlement::notify(VaultWriter& vault, const Connection& connection, Outcome outcome) const {
    const auto about = noticeOf(outcome);
    if (!mailEnabled || !about || connection.notify.empty())
        return false;
    const auto display = [&](const std::string& handle) {
        return displayHandle ? displayHandle(handle) : handle;
    };
    Notification notification;
    notification.id = Uuid::v7();
    notification.about = *about;
    notification.connection = connection.id;
    notification.to = connection.notify;
    notification.provider = providerName;
    notification.account = display(connection.account);
    notification.approved = approved ? display(approved->handle) : "";
    notification.requester = connection.requester;
    notification.when = nowMs();
    vault.putNotification(notification, notification.when);
    return true;
}

} // namespace grantlink
