#include "shared/sealed_code.hpp"

#include <algorithm>
#include <stdexcept>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t headSize = 1 + 16;
constexpr std::size_t nonceAt = crypto_box_PUBLICKEYBYTES;
constexpr std::size_t boxAt = nonceAt + crypto_box_NONCEBYTES;

} // namespace

CodeSealer::CodeSealer(const PublicKey& to) {
    SecretArray<crypto_box_SECRETKEYBYTES> secret;
    crypto_box_keypair(publicKey_.data(), secret.data());
    if (crypto_box_beforenm(shared_.data(), to.data(), secret.data()) != 0)
        throw std::runtime_error("edge.key: the seal key is not an X25519 public key; restore the "
                                 "file from a backup");
}

std::string CodeSealer::seal(const Uuid& attempt, std::string_view code) {
    SecretBytes plain;
    plain.reserve(headSize + code.size());
    plain.push_back(version);
    plain.insert(plain.end(), attempt.bytes.begin(), attempt.bytes.end());
    plain.insert(plain.end(), code.begin(), code.end());
    std::string out(boxAt + crypto_box_MACBYTES + plain.size(), '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    std::copy(publicKey_.begin(), publicKey_.end(), bytes);
    std::copy(nonce_.begin(), nonce_.end(), bytes + nonceAt);
    crypto_box_easy_afternm(bytes + boxAt, plain.data(), plain.size(), nonce_.data(),
                            shared_.data());
    sodium_increment(nonce_.data(), nonce_.size());
    return out;
}

std::optional<SecretBytes> openSealedCode(const MasterKey& key, const Uuid& attempt, Bytes sealed) {
    if (sealed.size() <= sealedCodeOverhead || sealed.size() > sealedCodeOverhead + maxCodeLength)
        return std::nullopt;
    // X25519 does not look at the highest bit (RFC 7748, section 5): one spelling is enough.
    if (sealed[crypto_box_PUBLICKEYBYTES - 1] & 0x80)
        return std::nullopt;
    const Bytes box = sealed.subspan(boxAt);
    SecretBytes plain(box.size() - crypto_box_MACBYTES);
    if (crypto_box_open_easy(plain.data(), box.data(), box.size(), &sealed[nonceAt], sealed.data(),
                             key.sealSecret.data()) != 0)
        return std::nullopt;
    if (plain[0] != version || !std::equal(attempt.bytes.begin(), attempt.bytes.end(), &plain[1]))
        return std::nullopt;
    return SecretBytes(plain.begin() + headSize, plain.end());
}

} // namespace grantlink
