// Who has approved: the provider's identity endpoint, asked with the new token.
#pragma once

#include "daemon/approvals/step.hpp"
#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"

#include <boost/asio/awaitable.hpp>

namespace grantlink {

// One try; safe to repeat.
boost::asio::awaitable<StepResult<ApprovedAccount>>
fetchIdentity(HttpClient& http, const Provider& provider, const TokenSet& tokens);

// Whether this is the account that the connection waits for. Once an account has been connected
// its id decides, because handles can be renamed and taken over; before that the handle does.
bool isWantedAccount(const Connection& connection, const Provider& provider,
                     const ApprovedAccount& approved);

} // namespace grantlink
