// The key that tokens are bound to (RFC 9449): on the curve P-256, another one for each attempt.
//
// Until there are tokens it is derived and not stored: each request of an attempt has the same key,
// also after the daemon was killed, and those that come before anything is known of the attempt.
// With the tokens it is kept (TokenSet::dpopKey), so that they outlive the master key.
#pragma once

#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"
#include "shared/keys.hpp"

#include <optional>

namespace grantlink {

// A private key as JSON (RFC 7517). Throws std::runtime_error when OpenSSL fails.
SecretBytes deriveDpopKey(const MasterKey& master, const Uuid& attempt);

// The key of an attempt to connect; empty where the provider's preset has no `dpop`. Nothing when
// the master key that the link was made with is retired, and with it the link.
std::optional<SecretBytes> dpopKeyFor(const Provider& provider, const MasterKeys& masters,
                                      const Connection& connection, const Uuid& attempt);

} // namespace grantlink
