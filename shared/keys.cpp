#include "shared/keys.hpp"

#include "shared/base64url.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace grantlink {

namespace {

constexpr std::string_view masterHeader = "grantlink-master-key v1";
constexpr std::string_view edgeHeader = "grantlink-edge-key v1";

// crypto_kdf subkey ids; never reuse one for another purpose.
enum Purpose : std::uint64_t {
    linkToken = 1,
    vaultSeal = 2,
    codeSealPair = 3,
    dpopKeys = 4,
    attemptValues = 15,
    oidcNonce = 13,
};

Key subkey(const Key& key, Purpose purpose) {
    Key out;
    crypto_kdf_derive_from_key(out.data(), out.size(), purpose, "grantlnk", key.data());
    return out;
}

EdgeKey makeEdgeKey(KeyId id, const Key& key) {
    return {id, subkey(key, attemptValues), subkey(key, oidcNonce)};
}

MasterKey makeMasterKey(KeyId id, const Key& key) {
    MasterKey out{id, subkey(key, linkToken), subkey(key, vaultSeal), subkey(key, dpopKeys), {},
                  {}};
    const Key seed = subkey(key, codeSealPair);
    crypto_box_seed_keypair(out.sealPublic.data(), out.sealSecret.data(), seed.data());
    return out;
}

struct Entry {
    std::string word;
    KeyId id;
    Key value;
    int line;
};

std::optional<KeyId> parseId(const std::string& text) {
    if (text.empty() || text.size() > 3 ||
        text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    const int id = std::stoi(text);
    return id >= 1 && id <= 255 ? std::optional<KeyId>(static_cast<KeyId>(id)) : std::nullopt;
}

// Whether X25519 has a shared secret with it: a few points have none (RFC 7748, section 6.1).
bool canBeSealedTo(const PublicKey& key) {
    SecretArray<crypto_scalarmult_SCALARBYTES> some, shared;
    randombytes_buf(some.data(), some.size());
    return crypto_scalarmult(shared.data(), some.data(), key.data()) == 0;
}

KeyFileError at(std::string_view path, int line, std::string_view what) {
    return {std::string(path) + ":" + std::to_string(line) + ": " + std::string(what)};
}

KeyFileResult<std::vector<Entry>> parseEntries(std::string_view text, std::string_view path,
                                               std::string_view header, bool withSeals) {
    std::istringstream in{std::string(text)};
    std::string line;
    if (!std::getline(in, line) || line != header)
        return at(path, 1,
                  "this is not a key file: the first line must be \"" + std::string(header) +
                      "\"; restore it from a backup or make new keys with 'grantlink init'");
    std::vector<Entry> out;
    for (int number = 2; std::getline(in, line); ++number) {
        std::istringstream fields(line);
        std::string word, id, value, rest;
        if (!(fields >> word) || word.front() == '#')
            continue;
        fields >> id >> value;
        const auto keyId = parseId(id);
        Entry entry{word, keyId.value_or(0), {}, number};
        const bool known = word == "key" || (withSeals && word == "seal");
        if (!known || !keyId || fields >> rest)
            return at(path, number,
                      std::string("expected \"key ID KEY\"") +
                          (withSeals ? " or \"seal ID KEY\"" : "") + ", the ID from 1 to 255");
        if (!base64urlDecode(value, entry.value.bytes))
            return at(path, number,
                      "the key is not 43 characters of base64url: it was cut or "
                      "changed; restore the file from a backup");
        for (const Entry& other : out)
            if (other.word == entry.word && other.id == entry.id)
                return at(path, number,
                          "this ID stands in line " + std::to_string(other.line) +
                              " already; give each key an ID of its own");
        sodium_memzero(line.data(), line.size());
        sodium_memzero(value.data(), value.size());
        out.push_back(entry);
    }
    return out;
}

KeyFileResult<std::string> readFile(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return KeyFileError{path + ": cannot be read: " + std::strerror(errno) +
                            "; 'grantlink init' makes it, and its owner decides who reads it"};
    return {boost::system::in_place_value, text.str()};
}

template <typename Keys>
KeyFileResult<Keys> loadFile(const std::string& path) {
    auto text = readFile(path);
    if (!text)
        return text.error();
    auto out = Keys::parse(*text, path);
    sodium_memzero(text->data(), text->size());
    return out;
}

} // namespace

KeyFileResult<EdgeKeys> EdgeKeys::parse(std::string_view text, std::string_view path) {
    auto entries = parseEntries(text, path, edgeHeader, true);
    if (!entries)
        return entries.error();
    EdgeKeys out;
    for (const Entry& entry : *entries) {
        if (entry.word == "key")
            out.keys_.push_back(makeEdgeKey(entry.id, entry.value));
        else if (canBeSealedTo(entry.value.bytes))
            out.seals_.push_back({entry.id, entry.value.bytes});
        else
            return at(path, entry.line,
                      "this is not a public key that anybody made: it was changed; restore the "
                      "file from a backup");
    }
    if (out.keys_.empty() || out.seals_.empty())
        return KeyFileError{std::string(path) + ": needs at least one \"key\" and one \"seal\" "
                                                "line; restore it from a backup"};
    return out;
}

KeyFileResult<EdgeKeys> EdgeKeys::load(const std::string& path) {
    return loadFile<EdgeKeys>(path);
}

const EdgeKey* EdgeKeys::find(KeyId id) const {
    for (const EdgeKey& key : keys_)
        if (key.id == id)
            return &key;
    return nullptr;
}

KeyFileResult<MasterKeys> MasterKeys::parse(std::string_view text, std::string_view path) {
    auto entries = parseEntries(text, path, masterHeader, false);
    if (!entries)
        return entries.error();
    MasterKeys out;
    for (const Entry& entry : *entries)
        out.keys_.push_back(makeMasterKey(entry.id, entry.value));
    if (out.keys_.empty())
        return KeyFileError{std::string(path) + ": has no \"key\" line; restore it from a backup"};
    return out;
}

KeyFileResult<MasterKeys> MasterKeys::load(const std::string& path) {
    struct stat info {};

    if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077))
        return KeyFileError{path + ": other users can read the master key; run 'chmod 600 " + path +
                            "' and consider it known"};
    return loadFile<MasterKeys>(path);
}

const MasterKey* MasterKeys::find(KeyId id) const {
    for (const MasterKey& key : keys_)
        if (key.id == id)
            return &key;
    return nullptr;
}

NewKeyFiles generateKeyFiles() {
    Key master, edge;
    randombytes_buf(master.data(), master.size());
    randombytes_buf(edge.data(), edge.size());
    const MasterKey derived = makeMasterKey(1, master);
    NewKeyFiles out;
    out.master = std::string(masterHeader) +
                 "\n# Opens every token in the vault. Keep a copy apart from the vault's backup.\n"
                 "key 1 " +
                 base64url(master.bytes) + "\n";
    out.edge = std::string(edgeHeader) +
               "\n# For nginx and the daemon: signs states and seals codes to the daemon.\n"
               "key 1 " +
               base64url(edge.bytes) + "\nseal 1 " + base64url(derived.sealPublic) + "\n";
    return out;
}

} // namespace grantlink
