#include "daemon/vault/token_seal.hpp"

#include "daemon/vault/seal.hpp"
#include "shared/byte_order.hpp"

namespace grantlink {

namespace {

constexpr std::uint8_t version = 3; // 1 had no values, 2 no key

// Provider answers are bounded by the HTTP client; a token is far below a text's 64 KiB.
SecretBytes plaintextOf(const TokenSet& tokens) {
    RecordWriter out;
    out.integer(tokens.obtained).integer(tokens.expires).text(tokens.scope);
    out.text(textOf(tokens.accessToken)).text(textOf(tokens.refreshToken));
    out.integer(static_cast<std::uint16_t>(tokens.values.size()));
    for (const auto& [name, value] : tokens.values)
        out.text(name).text(value);
    out.text(textOf(tokens.dpopKey));
    std::string record = out.take();
    SecretBytes plain = secretCopy(record);
    sodium_memzero(record.data(), record.size());
    return plain;
}

} // namespace

std::string sealTokens(const MasterKey& key, const Uuid& owner, const TokenSet& tokens) {
    return seal(key, version, owner.bytes, plaintextOf(tokens));
}

std::optional<TokenSet> openTokens(const MasterKeys& keys, const Uuid& owner, Bytes sealed) {
    const auto opened = unseal(keys, version, owner.bytes, sealed);
    if (!opened)
        return std::nullopt;
    RecordReader in(opened->plain);
    TokenSet out;
    out.obtained = in.integer<std::uint64_t>();
    out.expires = in.integer<std::uint64_t>();
    out.scope = in.text();
    out.accessToken = secretCopy(in.text());
    out.refreshToken = secretCopy(in.text());
    for (std::uint16_t left = opened->version >= 2 ? in.integer<std::uint16_t>() : 0;
         left > 0 && !in.failed(); --left) {
        const std::string name(in.text());
        out.values[name] = in.text();
    }
    if (opened->version >= 3)
        out.dpopKey = secretCopy(in.text());
    if (!in.complete())
        return std::nullopt;
    return out;
}

} // namespace grantlink
