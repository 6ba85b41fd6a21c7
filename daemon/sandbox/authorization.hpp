// The authorization endpoint with its two pages: who is it, and do they allow it.
//
// A test needs no browser for the pages: one POST to …/decision with account, decision (approve or
// decline) and the fields of the authorization request is what a person does on both.
#pragma once

#include "daemon/sandbox/world.hpp"

namespace grantlink::sandbox {

ServerResponse authorize(World& world, const Call& call); // GET, the authorization request
ServerResponse login(World& world, const Call& call);     // POST …/login
ServerResponse decide(World& world, const Call& call);    // POST …/decision

std::string pathOf(const World& world, const std::string& step); // of …/login and …/decision

} // namespace grantlink::sandbox
