// The ID token of OpenID Connect: who has approved, signed by the provider.
#pragma once

#include "daemon/oauth/key_sets.hpp"
#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace grantlink {

// One try; safe to repeat. For a preset with [id_token]: the tokens with what the ID token says in
// the place of the ID token itself, once it has been checked as OpenID Connect Core, section
// 3.1.3.7 wants it. `nonce`: what the authorization request had.
boost::asio::awaitable<StepResult<TokenSet>> checkIdToken(DpopClient& client, KeySets& keySets,
                                                          const Provider& provider, TokenSet tokens,
                                                          std::string nonce);

} // namespace grantlink
