// A proof that we have the key that a token is, or is to be, bound to (RFC 9449, section 4).
#pragma once

#include "daemon/net/http_client.hpp"
#include "shared/secret.hpp"

#include <string>
#include <string_view>

namespace grantlink {

// The value of the header `DPoP`: good for this request, and once. `key` is a private JWK on P-256;
// `accessToken` is the one that the request carries, `nonce` what its server has asked for, both
// empty where there is none. Throws std::runtime_error when the key cannot sign.
std::string dpopProof(const HttpRequest& request, const SecretBytes& key,
                      std::string_view accessToken, std::string_view nonce);

} // namespace grantlink
