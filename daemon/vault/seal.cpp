#include "daemon/vault/seal.hpp"

namespace grantlink {

namespace {

constexpr std::size_t nonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t headSize = 2 + nonceSize;

std::string associatedData(Bytes boundTo, std::uint8_t version, KeyId key) {
    std::string out(textOf(boundTo));
    out += static_cast<char>(version);
    out += static_cast<char>(key);
    return out;
}

} // namespace

std::string seal(const MasterKey& key, std::uint8_t version, Bytes boundTo, Bytes plain) {
    const std::string data = associatedData(boundTo, version, key.id);
    std::string out(headSize + plain.size() + tagSize, '\0');
    auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
    bytes[0] = version;
    bytes[1] = key.id;
    randombytes_buf(bytes + 2, nonceSize);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + headSize, nullptr, plain.data(),
                                               plain.size(), bytesOf(data).data(), data.size(),
                                               nullptr, bytes + 2, key.vault.data());
    return out;
}

KeyId sealedWith(Bytes sealed) {
    return sealed.size() < headSize + tagSize ? KeyId{0} : sealed[1];
}

std::optional<Unsealed> unseal(const MasterKeys& keys, std::uint8_t newestVersion, Bytes boundTo,
                               Bytes sealed) {
    if (sealed.size() < headSize + tagSize || sealed[0] == 0 || sealed[0] > newestVersion)
        return std::nullopt;
    const MasterKey* key = keys.find(sealed[1]);
    if (!key)
        return std::nullopt;
    const std::string data = associatedData(boundTo, sealed[0], key->id);
    Unsealed out{sealed[0], SecretBytes(sealed.size() - headSize - tagSize)};
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            out.plain.data(), nullptr, nullptr, sealed.data() + headSize, sealed.size() - headSize,
            bytesOf(data).data(), data.size(), sealed.data() + 2, key->vault.data()) != 0)
        return std::nullopt;
    return out;
}

} // namespace grantlink
