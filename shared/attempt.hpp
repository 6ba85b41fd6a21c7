// What belongs to one attempt and is never stored: all of it is recomputed from the attempt's
// state.
//
// Starting an attempt therefore writes nothing, and any worker on any edge node with the same
// edge.key can finish what another one began.
//
// One keyed hash gives all of it: BLAKE2b-512 under the attempt subkey over the state's first 38
// bytes. Its parts are independent of each other: who knows some learns nothing of the rest.
//
//   16 bytes  MAC of the state · 16 bytes  MAC of the cookie · 32 bytes  PKCE verifier
#pragma once

#include "shared/keys.hpp"
#include "shared/uuid.hpp"

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace grantlink {

// A derived value, 32 bytes as 43 characters of base64url.
struct DerivedText {
    std::array<char, 43> text;

    operator std::string_view() const { return {text.data(), text.size()}; }
};

// The `state` parameter (RFC 6749, section 4.1.1), self-contained and authenticated:
//
//   u8 version = 1 · u8 edge key id · attempt id (16) · connection id (16) · u32 generation, little
//   endian · MAC (16)
//
// 54 bytes, 72 characters of base64url. Its age is the attempt id's own time.
struct State {
    Uuid attempt;
    Uuid connection;
    std::uint32_t generation;

    static constexpr std::size_t textLength = 72;
    using Text = std::array<char, textLength>;
};

// The cookie that binds a state to the browser that pressed the button. It names the attempt, so
// that the approval page can tell that this browser has begun already:
//
//   u8 version = 1 · u8 edge key id · attempt id (16) · MAC (16)
//
// 34 bytes, 46 characters of base64url. Who knows a state cannot make it: the MAC is another one.
struct BrowserCookie {
    static constexpr std::size_t textLength = 46;
    using Text = std::array<char, textLength>;
};

// An attempt's id is a UUIDv7 whose last bit says whether its authorization request has a PKCE
// challenge. So who redeems its code knows, whatever the provider's metadata or preset say by then,
// and a browser cannot change it: it is under the state's MAC.
Uuid newAttempt(TimeMs now, std::span<const std::uint8_t, Uuid::randomLength> random,
                bool hasChallenge);
bool hasChallenge(const Uuid& attempt);

struct AttemptValues {
    State::Text state;
    BrowserCookie::Text cookie;
    DerivedText pkceVerifier; // RFC 7636, section 4.1
};

AttemptValues valuesOf(const State& state, const EdgeKey& key);

DerivedText pkceChallenge(std::string_view verifier);           // S256, RFC 7636, section 4.2
DerivedText oidcNonce(const EdgeKey& key, const Uuid& attempt); // OIDC Core, 3.1.2.1

struct VerifiedState {
    State state;
    const EdgeKey* key; // the key it was made with; lives as long as `keys`
};

// Nothing unless the text is exactly what valuesOf() made with a key that is still accepted.
// The MAC is compared in constant time. Expiry and generation are the caller's to check.
std::optional<VerifiedState> decodeState(std::string_view text, const EdgeKeys& keys);

// The attempt that the cookie was made for; nothing unless that one was of this connection and
// generation. The MAC is compared in constant time. Expiry is the caller's to check.
std::optional<Uuid> decodeBrowserCookie(std::string_view text, const Uuid& connection,
                                        std::uint32_t generation, const EdgeKeys& keys);

// Whether an attempt may still come back: not older than its life, and not more than 60 s ahead of
// this clock (two edge nodes never agree to the millisecond).
bool attemptIsCurrent(const Uuid& attempt, std::uint32_t lifetimeSeconds, TimeMs now);

} // namespace grantlink
