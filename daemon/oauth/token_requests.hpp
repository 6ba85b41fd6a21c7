// Tokens: from an authorization code (RFC 6749, section 4.1.3), from a first token to a
// longer-lived one where the provider has such a step, from old ones to new ones (section 6), and
// back (RFC 7009).
#pragma once

#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string_view>

namespace grantlink {

// One try, never to be repeated once the code may have been used. `verifier` is empty for a
// provider without PKCE; `dpopKey` is what the tokens are to be bound to, empty for nothing.
boost::asio::awaitable<StepResult<TokenSet>>
exchangeCode(DpopClient& client, const Provider& provider, std::string_view code,
             std::string_view verifier, SecretBytes dpopKey);

// One try; safe to repeat. Without an upgrade step the tokens come back as they are.
boost::asio::awaitable<StepResult<TokenSet>>
upgradeTokens(DpopClient& client, const Provider& provider, TokenSet tokens);

// One try, for a provider with a refresh step. What the answer leaves out stays as it was, the
// refresh token above all. A failure that is `dead` says that no further try can succeed.
boost::asio::awaitable<StepResult<TokenSet>>
refreshTokens(DpopClient& client, const Provider& provider, const TokenSet& tokens);

// One try. Nothing: it is revoked, or the provider has no way to do so.
boost::asio::awaitable<std::optional<StepFailure>>
revokeTokens(DpopClient& client, const Provider& provider, const TokenSet& tokens);

} // namespace grantlink
