#include "daemon/vault/token_seal.hpp"

#include "shared/byte_order.hpp"

#include <cstring>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 3; // 1 had no values, 2 no key
constexpr std::size_t nonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t headSize = 2 + nonceSize;

using AssociatedData = std::array<std::uint8_t, 18>;

AssociatedData associatedData(const Uuid& owner, std::uint8_t version, KeyId key) {
    AssociatedData out;
    std::memcpy(out.data(), owner.bytes.data(), 16);
    out[16] = version;
    out[17] = key;
    return out;
}

// Provider answers are bounded by the HTTP client; a token is far below a text's 64 KiB.
SecretBytes plaintextOf(const TokenSet& tokens) {
    RecordWriter out;
    out.integer(tokens.obtained).integer(tokens.expires).text(tokens.scope);
    out.text(textOf(tokens.accessToken)).text(textOf(tokens.refreshToken));
    out.integer(static_cast<std::uint16_t>(tokens.values.size()));
    for (const auto& [name, value] : tokens.values)
        out.text(name).text(value);
    out.text(textOf(tokens.dpopKey));
    std::string record = out.take();
    SecretBytes plain = secretCopy(record);
    sodium_memzero(record.data(), record.size());
    return plain;
}

} // namespace

std::string sealTokens(const MasterKey& key, const Uuid& owner, const TokenSet& tokens) {
    const SecretBytes plain = plaintextOf(tokens);
    const AssociatedData data = associatedData(owner, version, key.id);
    std::string out(headSize + plain.size() + tagSize, '\0');
    auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
    bytes[0] = version;
    bytes[1] = key.id;
    randombytes_buf(bytes + 2, nonceSize);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + headSize, nullptr, plain.data(),
                                               plain.size(), data.data(), data.size(), nullptr,
                                               bytes + 2, key.vault.data());
    return out;
}

KeyId sealedWith(Bytes sealed) {
    return sealed.size() < headSize + tagSize ? KeyId{0} : sealed[1];
}

std::optional<TokenSet> openTokens(const MasterKeys& keys, const Uuid& owner, Bytes sealed) {
    if (sealed.size() < headSize + tagSize || sealed[0] == 0 || sealed[0] > version)
        return std::nullopt;
    const MasterKey* key = keys.find(sealed[1]);
    if (!key)
        return std::nullopt;
    const AssociatedData data = associatedData(owner, sealed[0], key->id);
    SecretBytes plain(sealed.size() - headSize - tagSize);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain.data(), nullptr, nullptr, sealed.data() + headSize, sealed.size() - headSize,
            data.data(), data.size(), sealed.data() + 2, key->vault.data()) != 0)
        return std::nullopt;
    RecordReader in(plain);
    TokenSet out;
    out.obtained = in.integer<std::uint64_t>();
    out.expires = in.integer<std::uint64_t>();
    out.scope = in.text();
    out.accessToken = secretCopy(in.text());
    out.refreshToken = secretCopy(in.text());
    for (std::uint16_t left = sealed[0] >= 2 ? in.integer<std::uint16_t>() : 0;
         left > 0 && !in.failed(); --left) {
        const std::string name(in.text());
        out.values[name] = in.text();
    }
    if (sealed[0] >= 3)
        out.dpopKey = secretCopy(in.text());
    if (!in.complete())
        return std::nullopt;
    return out;
}

} // namespace grantlink
