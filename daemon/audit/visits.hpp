// Who was at which link, as nginx tells: written down is the first time that a link's page is
// opened, and the first that its button is pressed.
//
// The first only, so that a link that is opened over and over, by people or by programs, is two
// lines of the audit trail at the most; nginx is believed as far as that. What comes faster than it
// can be looked at is dropped: of ten thousand links in a second some may seem never to have been
// opened.
//
// Thread: the loop's.
#pragma once

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
    Visits(boost::asio::any_io_executor loop, Vault& vault);

    void take(std::span<const Visit> visits);

    void stop() { pause_.stop(); }

    bool idle() const { return !writing_; }

  private:
    boost::asio::awaitable<void> write();

    boost::asio::any_io_executor loop_;
    Vault& vault_;
    std::vector<Visit> waiting_;
    bool writing_ = false;
    StopSignal pause_;
};

} // namespace grantlink
