// One press of the button at a provider that wants the authorization request pushed.
//
// The worker that asks may have been taken over: what it sends is a state, whose MAC is checked,
// and everything else is looked up or derived here. It can have a request pushed for a link that
// could be pressed anyway; nothing is written.
#pragma once

#include "daemon/oauth/request_traces.hpp"
#include "daemon/settings.hpp"
#include "daemon/starts/places.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/keyring.hpp"
#include "shared/start_message.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace grantlink {

// What starts need; all of it outlives them.
struct StartServices {
    const Vault& vault;
    RequestTraces& requests;
    const CurrentSettings& settings;
    std::shared_ptr<const MasterKeyring> masterKeys;
    std::shared_ptr<const EdgeKeyring> edgeKeys;
};

// Thread: the loop's.
class Starts {
  public:
    explicit Starts(StartServices services);

    // Pushes the request of the attempt that `state` names, once. The answer is an encoded
    // StartReply.
    boost::asio::awaitable<std::string> start(std::string state);

  private:
    boost::asio::awaitable<std::string> push(VerifiedState verified);

    StartServices services_;
    Places<Uuid> ofConnections_;
    Places<std::string> atProviders_;
};

} // namespace grantlink
