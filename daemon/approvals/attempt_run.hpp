// One approval, from the spool to its outcome.
//
// exchange → upgrade → identity → active, each step durable before the next begins, so that a
// daemon killed anywhere comes to the same end when it runs the attempt again:
//
//   no record   nothing has happened yet
//   exchanging  the code may have been used; it is never sent twice (RFC 6749, section 4.1.2 has
//               the provider revoke what a repeated code gave), so a rerun ends as provider_error
//   exchanged   the first tokens are kept, sealed; a rerun goes on from them
//   done        the outcome stands; a rerun only tells the edge again
//
// The tokens, the connection's new state, the outcome and the notification come in one transaction.
#pragma once

#include "daemon/approvals/daemon_spool.hpp"
#include "daemon/links/publisher.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/oauth/key_sets.hpp"
#include "daemon/oauth/request_traces.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/keyring.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace grantlink {

// What every run needs; all of it outlives the runs.
struct ApprovalServices {
    Vault& vault;
    DaemonSpool& spool;
    LinkPublisher& links;
    RequestTraces& requests;
    KeySets& keySets;
    const CurrentSettings& settings;
    std::shared_ptr<const MasterKeyring> masterKeys;
    std::shared_ptr<const EdgeKeyring> edgeKeys;
    Metrics& metrics;
    StopSignal& stop;
    std::function<void()> notificationQueued;
};

class AttemptRun {
  public:
    AttemptRun(ApprovalServices& services, SpoolEntry entry);

    // Returns with the attempt finished, or, when the daemon stops, left in the spool.
    boost::asio::awaitable<void> run();

  private:
    struct Verdict {
        Outcome outcome;
        std::string detail; // for people; see OutcomeRecord
        std::optional<TokenSet> tokens = {};
        std::optional<ApprovedAccount> approved = {};
    };

    boost::asio::awaitable<std::optional<Verdict>> decide();
    boost::asio::awaitable<std::optional<Verdict>> exchange();
    boost::asio::awaitable<std::optional<Verdict>> identify(TokenSet tokens);
    boost::asio::awaitable<StepResult<TokenSet>> exchangeOnce(std::string_view code);
    void requireEndpoints() const;
    void traceBrowser() const;
    bool saysNo(std::string_view error) const;
    std::string nonce() const;
    boost::asio::awaitable<void> settle(Verdict verdict);
    boost::asio::awaitable<void> giveBack();
    boost::asio::awaitable<void> tellEdge(Outcome outcome, std::string detail);
    boost::asio::awaitable<void> mark(AttemptStage stage, std::optional<TokenSet> tokens = {});
    std::optional<Verdict> objection() const; // why it goes no further, without asking anybody
    Verdict failed(const StepFailure& failure, const char* step,
                   std::optional<TokenSet> tokens = {}) const;

    ApprovalServices& services_;
    SettingsPtr settings_;
    std::shared_ptr<const MasterKeys> masterKeys_;
    std::shared_ptr<const EdgeKeys> edgeKeys_;
    Uuid attempt_;
    std::string record_; // approval_ points into it
    std::optional<Approval> approval_;
    std::shared_ptr<DpopClient> client_;
    std::optional<Connection> connection_;
    const Provider* provider_ = nullptr;
};

} // namespace grantlink
