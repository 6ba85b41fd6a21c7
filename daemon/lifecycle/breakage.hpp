// The end of an active connection that its requester did not ask for: a new approval is needed.
#pragma once

#include "daemon/lifecycle/services.hpp"
#include "daemon/oauth/step.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace grantlink {

// In one transaction: broken, its tokens erased, a new link, and the notification that has it. Does
// nothing with a connection that is not active any more. `reason` is for people.
boost::asio::awaitable<void> breakConnection(LifecycleServices& services, Uuid id,
                                             std::string reason);

enum class Doubt { token, account }; // whether it works, or whose it is

// For a token that was refused, or speaks of another account, and cannot be refreshed. That may be
// a fault of the moment, and a broken connection costs somebody an approval: the first has the
// token looked at again soon, the next breaks it. True: it is broken.
boost::asio::awaitable<bool> doubtConnection(LifecycleServices& services, Uuid id, Doubt doubt,
                                             std::string reason);

// For a token that has been seen to work; whose it is, its identity alone tells. False: that was
// not doubted, and nothing has changed.
bool endDoubt(Connection& connection, Doubt seen);

} // namespace grantlink
