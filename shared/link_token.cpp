#include "shared/link_token.hpp"

#include "shared/base64url.hpp"
#include "shared/byte_order.hpp"

#include <cstring>

namespace grantlink {

namespace {

constexpr std::size_t tokenSize = 24;
static_assert(base64urlLength(tokenSize) == linkTokenLength);

static_assert(tokenSize - sizeof(LinkLocator) == crypto_shorthash_siphashx24_KEYBYTES);
static_assert(sizeof(LinkKey) - sizeof(LinkLocator) == crypto_shorthash_siphashx24_BYTES);

// Both a token and a link's key begin with it.
LinkLocator locatorIn(const std::uint8_t* bytes) {
    LinkLocator out;
    std::memcpy(out.bytes.data(), bytes, out.bytes.size());
    return out;
}

} // namespace

std::string makeLinkToken(const MasterKey& key, const Uuid& connection, std::uint32_t generation) {
    std::array<std::uint8_t, 20> message;
    std::memcpy(message.data(), connection.bytes.data(), 16);
    storeLittleEndian(&message[16], generation);
    SecretArray<tokenSize> token;
    crypto_generichash(token.data(), token.size(), message.data(), message.size(), key.link.data(),
                       key.link.size());
    return base64url(token.bytes);
}

std::optional<LinkToken> LinkToken::parse(std::string_view text) {
    std::optional<LinkToken> out(std::in_place);
    if (!base64urlDecode(text, out->bytes_.bytes))
        out.reset();
    return out;
}

LinkLocator LinkKey::locator() const {
    return locatorIn(bytes.data());
}

LinkLocator LinkToken::locator() const {
    return locatorIn(bytes_.data());
}

LinkKey LinkToken::key() const {
    constexpr std::size_t located = sizeof(LinkLocator);
    LinkKey out;
    std::memcpy(out.bytes.data(), bytes_.data(), located);
    crypto_shorthash_siphashx24(&out.bytes[located], bytes_.data(), located,
                                bytes_.data() + located);
    return out;
}

std::optional<LinkKey> linkKeyOf(std::string_view text) {
    const auto token = LinkToken::parse(text);
    return token ? std::optional(token->key()) : std::nullopt;
}

} // namespace grantlink
