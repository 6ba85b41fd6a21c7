// Seals tokens and posts with the current master key that are still sealed with an older one.
//
// At the start and whenever keys have changed it asks the vault whether there can be any, and goes
// through them in small steps. It keeps no place: a record says itself which key it is sealed with,
// so a daemon that was killed begins again, and passes over what is done.
//
// Thread: the loop's.
#pragma once

#include "daemon/net/stop_signal.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace grantlink {

class Resealer {
  public:
    Resealer(boost::asio::any_io_executor loop, Vault& vault)
        : loop_(std::move(loop)), vault_(vault) {}

    void start();
    void wake(); // the keys have changed

    void stop() { idle_.stop(); }

    bool idle() const { return !running_; }

  private:
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> pass();

    boost::asio::any_io_executor loop_;
    Vault& vault_;
    StopSignal idle_;
    bool running_ = false, wanted_ = true;
};

} // namespace grantlink
