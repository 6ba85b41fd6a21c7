// What token endpoints have in common: who the client is, what a code or refresh token is worth.
// What they are called and how it is answered says the shape.
#pragma once

#include "daemon/sandbox/refusal.hpp"
#include "daemon/sandbox/world.hpp"

namespace grantlink::sandbox {

ServerResponse tokenEndpoint(World& world, const Call& call);

// RFC 7009: ends what the client's token stands for, and answers that.
ServerResponse revocation(World& world, const Call& call, const Json& answer,
                          Revocable which = Revocable::accessTokens);

// The parameters of a request that a client makes in its own name, when it has authenticated.
Result<Parameters> clientParameters(const World& world, const Call& call);

bool isClientByBasic(const World& world, const Call& call); // for those who have that elsewhere

} // namespace grantlink::sandbox
