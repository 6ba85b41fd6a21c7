// Takes approvals out of the spool and runs each to its outcome, many at once.
//
// Woken by a datagram on wake.sock; datagrams are hints only, so it also looks by itself. Approvals
// that were there before the daemon started are found by the first look.
//
// Thread: the loop's.
#pragma once

#include "daemon/approvals/attempt_run.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <set>

namespace grantlink {

class ApprovalProcessor {
  public:
    ApprovalProcessor(boost::asio::any_io_executor loop, ApprovalServices& services);

    void start();

    void wake() { idle_.wakeAll(); }

    void stop() { idle_.stop(); }

    bool idle() const { return running_.empty() && !looking_; }

  private:
    boost::asio::awaitable<void> look();
    boost::asio::awaitable<void> runOne(SpoolEntry entry);
    void takeNew();

    boost::asio::any_io_executor loop_;
    ApprovalServices& services_;
    StopSignal idle_; // between two looks
    std::set<Uuid> running_;
    std::map<Uuid, std::chrono::steady_clock::time_point> pauses_; // failed; until when they wait
    bool looking_ = false;
};

} // namespace grantlink
