// Tokens: from an authorization code (RFC 6749, section 4.1.3), from a first token to a
// longer-lived one where the provider has such a step, and back (RFC 7009).
#pragma once

#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"

#include <boost/asio/awaitable.hpp>

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

// Best effort: a token that is not to be kept.
boost::asio::awaitable<void> revokeTokens(DpopClient& client, const Provider& provider,
                                          const TokenSet& tokens);

} // namespace grantlink
