// When the tokens of a connection want attention. Pure functions of what is known of them.
#pragma once

#include "daemon/providers/preset.hpp"
#include "daemon/vault/connection.hpp"

#include <chrono>

namespace grantlink {

// Somewhere from 0 to `range`, both in milliseconds.
TimeMs upTo(TimeMs range);

// Whether the provider could be asked for newer tokens at all.
bool canRefresh(const TokenSet& tokens, const Preset& preset);

// Whether it is time: at three fifths of a token's life, and not before the provider's minimum age.
// That leaves two fifths for a provider that is down.
bool refreshIsDue(const TokenSet& tokens, const Preset& preset, TimeMs now);

bool hasExpired(const TokenSet& tokens, TimeMs now);

// Whether it is valid for that much longer; yes when its end is not known.
bool lastsFor(const TokenSet& tokens, std::chrono::seconds time, TimeMs now);

// The next look at them: somewhere between three and four fifths of the life of those that can be
// refreshed, so that those of one hour do not come back together; at the end of those that cannot;
// and never later than about a day from now, to see that they still work.
TimeMs nextLook(const TokenSet& tokens, const Preset& preset, TimeMs now);

// After `failures` failures in a row, in milliseconds: one minute, two, four … up to an hour.
TimeMs grownPause(unsigned failures);

// That, or what the provider asks for, and up to a quarter more, or of an hour.
TimeMs nextTry(unsigned failures, std::chrono::seconds retryAfter, TimeMs now);

// Before which no refresh token is sent. Where they rotate and nobody knows whether the provider
// has acted on the last refresh, the next one may be lost, and the old one sent again looks stolen,
// which can end the whole grant (RFC 9700, section 4.14.2): the access token is used to its end
// first. 0: at any time.
TimeMs notBefore(const Connection& connection);

} // namespace grantlink
