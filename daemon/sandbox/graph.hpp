// graph.instagram.com: the token's later life, and what it opens.
#pragma once

#include "daemon/sandbox/world.hpp"

namespace grantlink::sandbox {

ServerResponse exchangeToken(World& world, const Call& call); // GET /access_token
ServerResponse refreshToken(World& world, const Call& call);  // GET /refresh_access_token
ServerResponse me(World& world, const Call& call);            // GET /{version}/me
ServerResponse media(World& world, const Call& call);         // GET /{version}/me/media

} // namespace grantlink::sandbox
