#include "shared/attempt.hpp"

#include "shared/base64url.hpp"
#include "shared/byte_order.hpp"

#include <cstring>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1; // of state and cookie
constexpr std::size_t macSize = 16;
constexpr std::size_t signedSize = 1 + 1 + 16 + 16 + 4;
constexpr std::size_t stateSize = signedSize + macSize;
static_assert(base64urlLength(stateSize) == State::textLength);

constexpr std::size_t cookieHead = 1 + 1 + 16; // as the state begins
constexpr std::size_t cookieSize = cookieHead + macSize;
static_assert(base64urlLength(cookieSize) == BrowserCookie::textLength);

constexpr TimeMs allowedSkew = 60'000;

using Head = std::array<std::uint8_t, signedSize>;

struct Secrets {
    SecretArray<macSize> state, cookie;
    SecretArray<32> verifier;
};

Head headOf(const State& state, KeyId key) {
    Head out;
    out[0] = version;
    out[1] = key;
    std::memcpy(&out[2], state.attempt.bytes.data(), 16);
    std::memcpy(&out[18], state.connection.bytes.data(), 16);
    storeLittleEndian(&out[34], state.generation);
    return out;
}

Secrets secretsOf(const Head& head, const EdgeKey& key) {
    SecretArray<crypto_generichash_BYTES_MAX> hash;
    crypto_generichash(hash.data(), hash.size(), head.data(), head.size(), key.attempt.data(),
                       key.attempt.size());
    Secrets out;
    std::memcpy(out.state.data(), hash.data(), macSize);
    std::memcpy(out.cookie.data(), hash.data() + macSize, macSize);
    std::memcpy(out.verifier.data(), hash.data() + 2 * macSize, out.verifier.size());
    return out;
}

DerivedText asText(const std::array<std::uint8_t, 32>& bytes) {
    DerivedText out;
    base64urlEncode(bytes, out.text.data());
    return out;
}

} // namespace

AttemptValues valuesOf(const State& state, const EdgeKey& key) {
    const Head head = headOf(state, key.id);
    const Secrets secrets = secretsOf(head, key);
    std::array<std::uint8_t, stateSize> rawState;
    std::memcpy(rawState.data(), head.data(), signedSize);
    std::memcpy(&rawState[signedSize], secrets.state.data(), macSize);
    std::array<std::uint8_t, cookieSize> rawCookie;
    std::memcpy(rawCookie.data(), head.data(), cookieHead);
    std::memcpy(&rawCookie[cookieHead], secrets.cookie.data(), macSize);
    AttemptValues out;
    base64urlEncode(rawState, out.state.data());
    base64urlEncode(rawCookie, out.cookie.data());
    out.pkceVerifier = asText(secrets.verifier.bytes);
    return out;
}

Uuid newAttempt(TimeMs now, std::span<const std::uint8_t, Uuid::randomLength> random,
                bool hasChallenge) {
    Uuid out = Uuid::v7(now, random);
    out.bytes.back() =
        static_cast<std::uint8_t>((out.bytes.back() & 0xfe) | (hasChallenge ? 1 : 0));
    return out;
}

bool hasChallenge(const Uuid& attempt) {
    return attempt.bytes.back() & 1;
}

DerivedText pkceChallenge(std::string_view verifier) {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash;
    crypto_hash_sha256(hash.data(), bytesOf(verifier).data(), verifier.size());
    return asText(hash);
}

DerivedText oidcNonce(const EdgeKey& key, const Uuid& attempt) {
    Key hash;
    crypto_generichash(hash.data(), hash.size(), attempt.bytes.data(), attempt.bytes.size(),
                       key.nonce.data(), key.nonce.size());
    return asText(hash.bytes);
}

std::optional<VerifiedState> decodeState(std::string_view text, const EdgeKeys& keys) {
    std::array<std::uint8_t, stateSize> raw;
    if (!base64urlDecode(text, raw) || raw[0] != version)
        return std::nullopt;
    const EdgeKey* key = keys.find(raw[1]);
    if (!key)
        return std::nullopt;
    Head head;
    std::memcpy(head.data(), raw.data(), signedSize);
    const Secrets expected = secretsOf(head, *key);
    if (sodium_memcmp(expected.state.data(), &raw[signedSize], macSize) != 0)
        return std::nullopt;
    VerifiedState out{{}, key};
    std::memcpy(out.state.attempt.bytes.data(), &raw[2], 16);
    std::memcpy(out.state.connection.bytes.data(), &raw[18], 16);
    out.state.generation = loadLittleEndian<std::uint32_t>(&raw[34]);
    return out;
}

std::optional<Uuid> decodeBrowserCookie(std::string_view text, const Uuid& connection,
                                        std::uint32_t generation, const EdgeKeys& keys) {
    std::array<std::uint8_t, cookieSize> raw;
    if (!base64urlDecode(text, raw) || raw[0] != version)
        return std::nullopt;
    const EdgeKey* key = keys.find(raw[1]);
    if (!key)
        return std::nullopt;
    State state{{}, connection, generation};
    std::memcpy(state.attempt.bytes.data(), &raw[2], 16);
    const Secrets expected = secretsOf(headOf(state, key->id), *key);
    if (sodium_memcmp(expected.cookie.data(), &raw[cookieHead], macSize) != 0)
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
