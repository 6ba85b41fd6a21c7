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
//   # made 2026-11-26T12:00:00Z
//   key 2 <base64url of 32 bytes>
//   key 1 <base64url of 32 bytes>
//   seal 1 <base64url of an X25519 public key>
//
// A comment "# made TIME" says when the key in the next line was made; it need not be there.
//
// Subkeys come from crypto_kdf (BLAKE2b, keyed, one id a purpose): no two uses share a key.
// Errors: a KeyFileError names the file, the line and the remedy; it never quotes a key.
// Thread-safety: immutable once parsed.
#pragma once

#include "shared/secret.hpp"
#include "shared/uuid.hpp"

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

// What a path of master.key begins with that is a credential of systemd, and not resolved.
constexpr std::string_view credentialPrefix = "credential:";

struct KeyFileError {
    std::string message;
};

template <typename T>
using KeyFileResult = boost::system::result<T, KeyFileError>;

struct EdgeKey {
    KeyId id;
    Key attempt, nonce;
    TimeMs made; // 0: the file does not say
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

    const std::vector<EdgeKey>& all() const { return keys_; } // the current one first

    const SealKey& sealKey() const { return seals_.front(); }

    const std::vector<SealKey>& allSealKeys() const { return seals_; }

  private:
    std::vector<EdgeKey> keys_;
    std::vector<SealKey> seals_;
};

struct MasterKey {
    KeyId id;
    Key link, vault, dpop, sealSecret;
    PublicKey sealPublic;
    TimeMs made; // 0: the file does not say
};

class MasterKeys {
  public:
    static KeyFileResult<MasterKeys> parse(std::string_view text, std::string_view path);
    static KeyFileResult<MasterKeys>
    load(const std::string& path); // refuses a file others can read

    const MasterKey& current() const { return keys_.front(); }

    const MasterKey* find(KeyId id) const;

    const std::vector<MasterKey>& all() const { return keys_; } // the current one first

  private:
    std::vector<MasterKey> keys_;
};

// The text of two new files that belong together.
struct NewKeyFiles {
    std::string master, edge;
};

NewKeyFiles generateKeyFiles();

// Lines of key files, each with a line break: a new key with its time, and the seal key of one.
// It is newer than `after`, by a second at least: times in key files have no fractions.
SecretBytes newKeyLines(KeyId id, TimeMs after = 0);
std::string sealLine(KeyId id, const PublicKey& key);

} // namespace grantlink
