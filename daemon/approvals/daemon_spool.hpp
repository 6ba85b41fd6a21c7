// The spool as the daemon uses it: reads on the loop, durable writes on a thread of their own.
#pragma once

#include "daemon/net/blocking.hpp"
#include "shared/spool.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <vector>

namespace grantlink {

class DaemonSpool {
  public:
    explicit DaemonSpool(const std::string& edgeStore)
        : spool_(std::make_shared<Spool>(edgeStore, Spool::Access::creates)) {}

    std::vector<SpoolEntry> approvals(std::size_t limit, const Uuid& after) const {
        return spool_->approvals(limit, after);
    }

    SpoolCounts counts() const { return spool_->counts(); }

    void clearStaleReaders() { spool_->clearStaleReaders(); }

    boost::asio::awaitable<void> finish(Uuid attempt, OutcomeRecord outcome) {
        return writer_.run([spool = spool_, attempt, outcome = std::move(outcome)] {
            spool->finish(attempt, outcome);
        });
    }

    boost::asio::awaitable<void> discard(Uuid attempt) {
        return writer_.run([spool = spool_, attempt] { spool->discard(attempt); });
    }

    boost::asio::awaitable<std::size_t> prune(TimeMs before, std::size_t limit) {
        return writer_.run([spool = spool_, before, limit] { return spool->prune(before, limit); });
    }

  private:
    std::shared_ptr<Spool> spool_;
    BlockingThread writer_;
};

} // namespace grantlink
