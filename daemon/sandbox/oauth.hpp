// The authorization endpoint with its two pages, and the token endpoint (api.instagram.com).
//
// A test needs no browser for the pages: one POST to /oauth/authorize/decision with account,
// decision (approve or decline), client_id, redirect_uri, scope and state is what a person does.
#pragma once

#include "daemon/sandbox/world.hpp"

namespace grantlink::sandbox {

ServerResponse authorize(World& world, const Call& call);    // GET /oauth/authorize
ServerResponse login(World& world, const Call& call);        // POST /oauth/authorize/login
ServerResponse decide(World& world, const Call& call);       // POST /oauth/authorize/decision
ServerResponse exchangeCode(World& world, const Call& call); // POST /oauth/access_token

} // namespace grantlink::sandbox
