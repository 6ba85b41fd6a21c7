#include "shared/attempt.hpp"

#include "shared/base64url.hpp"
#include "shared/byte_order.hpp"

#include <cstring>

namespace grantlink {

namespace {

constexpr std::uint8_t stateVersion = 1;
constexpr std::size_t macSize = 16;
constexpr std::size_t signedSize = 1 + 1 + 16 + 16 + 4;
constexpr std::size_t stateSize = signedSize + macSize;
static_assert(base64urlLength(stateSize) == State::textLength);

constexpr std::uint8_t cookieVersion = 1;
constexpr std::size_t cookieSignedSize = 1 + 1 + 16;
constexpr std::size_t cookieSize = cookieSignedSize + macSize;
static_assert(base64urlLength(cookieSize) == BrowserCookie::textLength);

constexpr TimeMs allowedSkew = 60'000;

DerivedText asText(const std::array<std::uint8_t, 32>& bytes) {
    DerivedText out;
    base64urlEncode(bytes, out.text.data());
    return out;
}

DerivedText derive(const Key& key, const Uuid& attempt) {
    Key hash;
    crypto_generichash(hash.data(), hash.size(), attempt.bytes.data(), attempt.bytes.size(),
                       key.data(), key.size());
    return asText(hash.bytes);
}

void mac(const EdgeKey& key, const std::uint8_t* message, std::uint8_t* out) {
    crypto_generichash(out, macSize, message, signedSize, key.state.data(), key.state.size());
}

void cookieMac(const EdgeKey& key, const State& state, std::uint8_t* out) {
    std::array<std::uint8_t, 16 + 16 + 4> message;
    std::memcpy(message.data(), state.attempt.bytes.data(), 16);
    std::memcpy(&message[16], state.connection.bytes.data(), 16);
    storeLittleEndian(&message[32], state.generation);
    crypto_generichash(out, macSize, message.data(), message.size(), key.cookie.data(),
                       key.cookie.size());
}

} // namespace

DerivedText pkceVerifier(const EdgeKey& key, const Uuid& attempt) {
    return derive(key.verifier, attempt);
}

DerivedText pkceChallenge(std::string_view verifier) {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash;
    crypto_hash_sha256(hash.data(), bytesOf(verifier).data(), verifier.size());
    return asText(hash);
}

DerivedText oidcNonce(const EdgeKey& key, const Uuid& attempt) {
    return derive(key.nonce, attempt);
}

State::Text State::encode(const EdgeKey& key) const {
    std::array<std::uint8_t, stateSize> raw;
    raw[0] = stateVersion;
    raw[1] = key.id;
    std::memcpy(&raw[2], attempt.bytes.data(), 16);
    std::memcpy(&raw[18], connection.bytes.data(), 16);
    storeLittleEndian(&raw[34], generation);
    mac(key, raw.data(), &raw[signedSize]);
    Text out;
    base64urlEncode(raw, out.data());
    return out;
}

std::optional<VerifiedState> decodeState(std::string_view text, const EdgeKeys& keys) {
    std::array<std::uint8_t, stateSize> raw;
    if (!base64urlDecode(text, raw) || raw[0] != stateVersion)
        return std::nullopt;
    const EdgeKey* key = keys.find(raw[1]);
    if (!key)
        return std::nullopt;
    std::array<std::uint8_t, macSize> expected;
    mac(*key, raw.data(), expected.data());
    if (sodium_memcmp(expected.data(), &raw[signedSize], macSize) != 0)
        return std::nullopt;
    VerifiedState out{{}, key};
    std::memcpy(out.state.attempt.bytes.data(), &raw[2], 16);
    std::memcpy(out.state.connection.bytes.data(), &raw[18], 16);
    out.state.generation = loadLittleEndian<std::uint32_t>(&raw[34]);
    return out;
}

BrowserCookie::Text BrowserCookie::encode(const State& state, const EdgeKey& key) {
    std::array<std::uint8_t, cookieSize> raw;
    raw[0] = cookieVersion;
    raw[1] = key.id;
    std::memcpy(&raw[2], state.attempt.bytes.data(), 16);
    cookieMac(key, state, &raw[cookieSignedSize]);
    Text out;
    base64urlEncode(raw, out.data());
    return out;
}

std::optional<Uuid> decodeBrowserCookie(std::string_view text, const Uuid& connection,
                                        std::uint32_t generation, const EdgeKeys& keys) {
    std::array<std::uint8_t, cookieSize> raw;
    if (!base64urlDecode(text, raw) || raw[0] != cookieVersion)
        return std::nullopt;
    const EdgeKey* key = keys.find(raw[1]);
    if (!key)
        return std::nullopt;
    State state{{}, connection, generation};
    std::memcpy(state.attempt.bytes.data(), &raw[2], 16);
    std::array<std::uint8_t, macSize> expected;
    cookieMac(*key, state, expected.data());
    if (sodium_memcmp(expected.data(), &raw[cookieSignedSize], macSize) != 0)
        return std::nullopt;
    return state.attempt;
}

bool attemptIsCurrent(const Uuid& attempt, std::uint32_t lifetimeSeconds, TimeMs now) {
    const TimeMs started = attempt.time();
    if (started > now)
        return started - now <= allowedSkew;
    return now - started < TimeMs{lifetimeSeconds} * 1000;
}

} // namespace grantlink
