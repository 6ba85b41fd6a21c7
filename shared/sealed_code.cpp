#include "shared/sealed_code.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t headSize = 1 + 16;

} // namespace

std::string sealCode(const PublicKey& to, const Uuid& attempt, std::string_view code) {
    SecretBytes plain;
    plain.reserve(headSize + code.size());
    plain.push_back(version);
    plain.insert(plain.end(), attempt.bytes.begin(), attempt.bytes.end());
    plain.insert(plain.end(), code.begin(), code.end());
    std::string out(plain.size() + crypto_box_SEALBYTES, '\0');
    crypto_box_seal(reinterpret_cast<unsigned char*>(out.data()), plain.data(), plain.size(),
                    to.data());
    return out;
}

std::optional<SecretBytes> openSealedCode(const MasterKey& key, const Uuid& attempt, Bytes sealed) {
    if (sealed.size() <= sealedCodeOverhead || sealed.size() > sealedCodeOverhead + maxCodeLength)
        return std::nullopt;
    SecretBytes plain(sealed.size() - crypto_box_SEALBYTES);
    if (crypto_box_seal_open(plain.data(), sealed.data(), sealed.size(), key.sealPublic.data(),
                             key.sealSecret.data()) != 0)
        return std::nullopt;
    if (plain[0] != version || !std::equal(attempt.bytes.begin(), attempt.bytes.end(), &plain[1]))
        return std::nullopt;
    return SecretBytes(plain.begin() + headSize, plain.end());
}

} // namespace grantlink
