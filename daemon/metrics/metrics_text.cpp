#include "daemon/metrics/metrics_text.hpp"

#include "shared/exposition.hpp"

namespace grantlink {

namespace {

constexpr std::array<std::string_view, refreshedCount> refreshedNames{
    "done", "not_active", "impossible", "failed", "broken"};
constexpr std::array<std::string_view, answeredCount> answeredNames{
    "success", "redirect", "client_error", "rate_limited", "server_error", "unreachable", "broken"};
constexpr std::array<std::string_view, copiedCount> copiedNames{
    "done",      "gone",    "failed",  "turned_away", "too_large",
    "not_media", "refused", "no_room", "unwritable"};
constexpr unsigned ms = 3; // places

void writeAttempts(Exposition& out, const Metrics& metrics) {
    out.family("grantlink_attempts_total", "counter", "Attempts that were settled, by outcome.");
    for (std::size_t i = 1; i < outcomeCountOfAttempts; ++i)
        out.sample({{"outcome", nameOf(static_cast<Outcome>(i))}}, metrics.outcomes[i].get());
    out.family("grantlink_attempt_seconds", "histogram",
               "Time from the callback to the outcome of an attempt.");
    out.histogram(metrics.timeToOutcome, ms);
    out.family("grantlink_exchanges_total", "counter",
               "Authorization codes that were exchanged for tokens, retries taken together.");
    out.sample({{"result", "done"}}, metrics.exchangesDone.get());
    out.sample({{"result", "failed"}}, metrics.exchangesFailed.get());
    out.family("grantlink_refreshes_total", "counter", "Refreshes of tokens, by result.");
    for (std::size_t i = 0; i < refreshedCount; ++i)
        out.sample({{"result", refreshedNames[i]}}, metrics.refreshes[i].get());
    out.family("grantlink_visits_dropped_total", "counter",
               "Visits of links that were not looked at: too many came, or the vault is full.");
    out.sample({}, metrics.visitsDropped.get());
}

// Results that a provider never had are left out.
void writeProviders(Exposition& out, const Metrics& metrics) {
    out.family("grantlink_provider_requests_total", "counter",
               "Requests to providers, by how they were answered.");
    for (const auto& [provider, figures] : metrics.providers)
        for (std::size_t i = 0; i < answeredCount; ++i)
            if (const auto n = figures.requests[i].get())
                out.sample({{"provider", provider}, {"result", answeredNames[i]}}, n);
    out.family("grantlink_provider_request_seconds", "histogram",
               "Time that a request to a provider took, answered or not.");
    for (const auto& [provider, figures] : metrics.providers)
        out.histogram(figures.duration, ms, Exposition::Label("provider", provider));
}

void writeConnections(Exposition& out, const VaultCounts& counts) {
    out.family("grantlink_connections", "gauge", "Connections, by status.");
    for (const auto& [status, count] : {std::pair(ConnectionStatus::pending, counts.pending),
                                        std::pair(ConnectionStatus::active, counts.active),
                                        std::pair(ConnectionStatus::broken, counts.broken),
                                        std::pair(ConnectionStatus::revoked, counts.revoked)})
        out.sample({{"status", nameOf(status)}}, count);
}

void writeWaiting(Exposition& out, const VaultCounts& counts, std::size_t spooled, TimeMs now) {
    out.family("grantlink_spool_approvals", "gauge", "Approvals that are not settled yet.");
    out.sample({}, spooled);
    out.family("grantlink_outbox_notifications", "gauge", "Notifications that wait in the outbox.");
    out.sample({}, counts.notifications);
    out.family("grantlink_outbox_oldest_seconds", "gauge",
               "Age of the oldest notification that waits; 0 when none does.");
    const TimeMs oldest = counts.oldestNotification.value_or(now);
    out.sample({}, {}, now > oldest ? now - oldest : 0, ms);
}

void writeCopies(Exposition& out, const Metrics& metrics, const CopyStock& copies) {
    out.family("grantlink_media_copies_total", "counter",
               "Tries to copy what a post shows, by result.");
    for (std::size_t i = 0; i < copiedCount; ++i)
        out.sample({{"result", copiedNames[i]}}, metrics.copies[i].get());
    out.family("grantlink_media_files", "gauge", "Copies that are kept.");
    out.sample({}, copies.count);
    out.family("grantlink_media_bytes", "gauge", "Bytes of all copies.");
    out.sample({}, copies.bytes);
}

void writeVault(Exposition& out, const VaultFigures& vault) {
    out.family("grantlink_vault_bytes", "gauge",
               "Bytes of the vault in use (used), and the most they can be (map).");
    out.sample({{"kind", "used"}}, vault.usedBytes);
    out.sample({{"kind", "map"}}, vault.maxBytes);
    out.family("grantlink_vault_commit_seconds", "histogram",
               "Time that a commit of the vault took.");
    out.histogram(vault.commitTime, 9);
}

} // namespace

std::string metricsText(const Metrics& metrics, const VaultCounts& counts,
                        const VaultFigures& vault, std::size_t spooled, TimeMs now) {
    Exposition out;
    out.family("grantlink_build_info", "gauge", "Always 1; its label is what runs.");
    out.sample({{"version", GRANTLINK_VERSION}}, 1);
    writeAttempts(out, metrics);
    writeProviders(out, metrics);
    writeConnections(out, counts);
    writeWaiting(out, counts, spooled, now);
    writeCopies(out, metrics, counts.copies);
    writeVault(out, vault);
    return out.text();
}

} // namespace grantlink
