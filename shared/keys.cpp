#include "shared/keys.hpp"

#include "shared/base64url.hpp"

#include <algorithm>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

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

EdgeKey makeEdgeKey(KeyId id, const Key& key, TimeMs made) {
    return {id, subkey(key, attemptValues), subkey(key, oidcNonce), made};
}

MasterKey makeMasterKey(KeyId id, const Key& key, TimeMs made) {
    MasterKey out{
        id, subkey(key, linkToken), subkey(key, vaultSeal), subkey(key, dpopKeys), {}, {}, made};
    const Key seed = subkey(key, codeSealPair);
    crypto_box_seed_keypair(out.sealPublic.data(), out.sealSecret.data(), seed.data());
    return out;
}

struct Entry {
    std::string word;
    KeyId id;
    Key value;
    int line;
    TimeMs made;
};

constexpr std::string_view madeWords = "# made ";
constexpr const char* madeFormat = "%Y-%m-%dT%H:%M:%SZ";

// 0 for a line that does not say when a key was made.
TimeMs madeIn(const std::string& line) {
    std::tm time{};
    if (!line.starts_with(madeWords) ||
        !::strptime(line.c_str() + madeWords.size(), madeFormat, &time))
        return 0;
    return static_cast<TimeMs>(::timegm(&time)) * 1000;
}

std::string madeLine(TimeMs when) {
    const auto seconds = static_cast<std::time_t>(when / 1000);
    std::tm time{};
    ::gmtime_r(&seconds, &time);
    char text[32];
    return std::string(madeWords).append(text,
                                         std::strftime(text, sizeof text, madeFormat, &time)) +
           "\n";
}

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
    TimeMs made = 0;
    for (int number = 2; std::getline(in, line); ++number) {
        const TimeMs madeBefore = std::exchange(made, madeIn(line));
        std::istringstream fields(line);
        std::string word, id, value, rest;
        if (!(fields >> word) || word.front() == '#')
            continue;
        fields >> id >> value;
        const auto keyId = parseId(id);
        Entry entry{word, keyId.value_or(0), {}, number, madeBefore};
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
            out.keys_.push_back(makeEdgeKey(entry.id, entry.value, entry.made));
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
        out.keys_.push_back(makeMasterKey(entry.id, entry.value, entry.made));
    if (out.keys_.empty())
        return KeyFileError{std::string(path) + ": has no \"key\" line; restore it from a backup"};
    return out;
}

KeyFileResult<MasterKeys> MasterKeys::load(const std::string& path) {
    if (path.starts_with(credentialPrefix))
        return KeyFileError{path + ": systemd gives it to grantlinkd's unit alone, with "
                                   "LoadCredential= or LoadCredentialEncrypted=; here is none"};

    struct stat info {};

    // systemd lets a service read its credentials by an ACL, whose mask is shown as the group's
    // mode.
    const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
    const bool isCredential =
        credentials && *credentials && path.starts_with(std::string(credentials) + "/");
    if (::stat(path.c_str(), &info) == 0 && (info.st_mode & (isCredential ? 037u : 077u)))
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

SecretBytes newKeyLines(KeyId id, TimeMs after) {
    Key key;
    randombytes_buf(key.data(), key.size());
    std::string value = base64url(key.bytes);
    SecretBytes out =
        secretCopy(madeLine(std::max(nowMs(), after + 1000)) + "key " + std::to_string(id) + " ");
    out.insert(out.end(), value.begin(), value.end());
    out.push_back('\n');
    sodium_memzero(value.data(), value.size());
    return out;
}

std::string sealLine(KeyId id, const PublicKey& key) {
    return "seal " + std::to_string(id) + " " + base64url(key) + "\n";
}

NewKeyFiles generateKeyFiles() {
    NewKeyFiles out;
    out.master =
        std::string(masterHeader) +
        "\n# Opens every token in the vault. Keep a copy apart from the vault's backup.\n" +
        std::string(textOf(newKeyLines(1)));
    const MasterKeys derived = *MasterKeys::parse(out.master, "master.key");
    out.edge = std::string(edgeHeader) +
               "\n# For nginx and the daemon: signs states and seals codes to the daemon.\n" +
               std::string(textOf(newKeyLines(1))) + sealLine(1, derived.current().sealPublic);
    return out;
}

} // namespace grantlink
