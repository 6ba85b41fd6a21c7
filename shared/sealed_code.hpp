// The authorization code, sealed by the edge so that only the daemon can read it.
//
// libsodium sealed box (X25519, XSalsa20-Poly1305) to the daemon's public key over
//   u8 version = 1 · attempt id (16) · code
// The attempt id inside makes a sealed code useless under any other attempt.
#pragma once

#include "shared/keys.hpp"
#include "shared/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// RFC 6749 sets no limit; the longest codes seen in the field have about 1,000 characters.
constexpr std::size_t maxCodeLength = 2048;
constexpr std::size_t sealedCodeOverhead = crypto_box_SEALBYTES + 1 + 16;

std::string sealCode(const PublicKey& to, const Uuid& attempt, std::string_view code);

// Nothing when it was made for another key or attempt, changed since, or holds no code of 1 to
// maxCodeLength bytes.
std::optional<SecretBytes> openSealedCode(const MasterKey& key, const Uuid& attempt, Bytes sealed);

} // namespace grantlink
