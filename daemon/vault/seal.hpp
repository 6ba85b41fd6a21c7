// Records at rest: XChaCha20-Poly1305 under the vault subkey of a master key.
//
//   u8 version · u8 master key id · nonce (24) · ciphertext and tag
//
// Associated data: what the record is bound to (its key in the table, as a rule) and the two
// leading bytes, so that a record which is moved to another place does not open there.
#pragma once

#include "shared/keys.hpp"
#include "shared/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace grantlink {

std::string seal(const MasterKey& key, std::uint8_t version, Bytes boundTo, Bytes plain);

// The ID of the master key; 0 for what was never sealed here.
KeyId sealedWith(Bytes sealed);

struct Unsealed {
    std::uint8_t version; // 1 to the newest that is known
    SecretBytes plain;
};

// Nothing when the key is not there, the version is not known, it is bound to something else, or a
// bit has changed.
std::optional<Unsealed> unseal(const MasterKeys& keys, std::uint8_t newestVersion, Bytes boundTo,
                               Bytes sealed);

} // namespace grantlink
