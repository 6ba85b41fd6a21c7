// The authorization code, sealed by the edge so that only the daemon can read it.
//
//   X25519 public key of the sealer (32) · nonce (24) · crypto_box (XSalsa20-Poly1305) over
//   u8 version = 1 · attempt id (16) · code
//
// The attempt id inside makes a sealed code useless under any other attempt. Unlike libsodium's
// sealed box, the sealer's key pair may serve many codes: the key agreement costs more than all
// else that is done for a callback, so the codes that are written together share one (libsodium,
// "Precalculation interface").
#pragma once

#include "shared/keys.hpp"
#include "shared/uuid.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// RFC 6749 sets no limit; the longest codes seen in the field have about 1,000 characters.
constexpr std::size_t maxCodeLength = 2048;
constexpr std::size_t sealedCodeOverhead =
    crypto_box_PUBLICKEYBYTES + crypto_box_NONCEBYTES + crypto_box_MACBYTES + 1 + 16;

// Seals to one recipient. Keep it for one batch and no longer: while it lives, its memory opens
// what it sealed. It wipes itself. Thread: one.
class CodeSealer {
  public:
    explicit CodeSealer(const PublicKey& to);

    std::string seal(const Uuid& attempt, std::string_view code);

  private:
    PublicKey publicKey_;
    std::array<unsigned char, crypto_box_NONCEBYTES> nonce_{}; // of the next: the key pair is new
    SecretArray<crypto_box_BEFORENMBYTES> shared_;
};

// Nothing when it was made for another key or attempt, changed since, or holds no code of 1 to
// maxCodeLength bytes.
std::optional<SecretBytes> openSealedCode(const MasterKey& key, const Uuid& attempt, Bytes sealed);

} // namespace grantlink
