// Who was at which link, as nginx tells: written down is the first time that a link's page is
// opened, and the first that its button is pressed.
//
// The first only, so that a link that is opened over and over, by people or by programs, is two
// lines of the audit trail at the most; nginx is believed as far as that. What comes faster than it
// can be looked at, and what comes while the vault cannot be written, is dropped and counted.
//
// Thread: the loop's.
#pragma once

#include "daemon/metrics/metrics.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/visit.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <span>
#include <vector>

namespace grantlink {

class Visits {
  public:
    // All outlive it, and `stop` what runs on the loop.
    Visits(boost::asio::any_io_executor loop, Vault& vault, Metrics& metrics, StopSignal& stop);

    void take(std::span<const Visit> visits);

    bool idle() const { return !writing_; }

  private:
    boost::asio::awaitable<void> write();
    boost::asio::awaitable<bool> writeThose(std::vector<Visit> visits);

    boost::asio::any_io_executor loop_;
    Vault& vault_;
    Metrics& metrics_;
    StopSignal& stop_;
    std::vector<Visit> waiting_;
    bool writing_ = false;
    bool failing_ = false; // the vault could not be written the last time
};

} // namespace grantlink
