// The two key files and what is derived from them.
//
//   master.key  the daemon's alone: link tokens, the vault, the keys that tokens are bound to, and
//               the key pair that codes are sealed to
//   edge.key    nginx and the daemon: state, PKCE, nonce and cookie, and the pair's public half
//
// Both are readable text: a first line with name and version, then one key a line, the current one
// first. The others are still accepted, so keys rotate with nothing down:
//
//   grantlink-edge-key v1
//   key 2 <base64url of 32 bytes>
//   key 1 <base64url of 32 bytes>
//   seal 1 <base64url of an X25519 public key>
//
// Subkeys come from crypto_kdf (BLAKE2b, keyed, one id a purpose): no two uses share a key.
// Errors: a KeyFileError names the file, the line and the remedy; it never quotes a key.
// Thread-safety: immutable once parsed.
#pragma once

#include "shared/secret.hpp"

#include <boost/system/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

using Key = SecretArray<32>;
using PublicKey = std::array<std::uint8_t, 32>; // X25519
using KeyId = std::uint8_t;                     // 1 to 255

struct KeyFileError {
    std::string message;
};

template <typename T>
using KeyFileResult = boost::system::result<T, KeyFileError>;

struct EdgeKey {
    KeyId id;
    Key attempt, nonce;
};

struct SealKey {
    KeyId id;
    PublicKey publicKey;
};

class EdgeKeys {
  public:
    static KeyFileResult<EdgeKeys> parse(std::string_view text, std::string_view path);
    static KeyFileResult<EdgeKeys> load(const std::string& path);

    const EdgeKey& current() const { return keys_.front(); }

    const EdgeKey* find(KeyId id) const; // nullptr: not a key of ours, or retired

    const SealKey& sealKey() const { return seals_.front(); }

  private:
    std::vector<EdgeKey> keys_;
    std::vector<SealKey> seals_;
};

struct MasterKey {
    KeyId id;
    Key link, vault, dpop, sealSecret;
    PublicKey sealPublic;
};

class MasterKeys {
  public:
    static KeyFileResult<MasterKeys> parse(std::string_view text, std::string_view path);
    static KeyFileResult<MasterKeys>
    load(const std::string& path); // refuses a file others can read

    const MasterKey& current() const { return keys_.front(); }

    const MasterKey* find(KeyId id) const;

  private:
    std::vector<MasterKey> keys_;
};

// The text of two new files that belong together.
struct NewKeyFiles {
    std::string master, edge;
};

NewKeyFiles generateKeyFiles();

} // namespace grantlink
