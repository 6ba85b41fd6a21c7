#include "shared/link_token.hpp"

#include "shared/base64url.hpp"
#include "shared/byte_order.hpp"

#include <cstring>

namespace grantlink {

namespace {

constexpr std::size_t tokenSize = 24;
static_assert(base64urlLength(tokenSize) == linkTokenLength);

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

std::optional<LinkKey> linkKeyOf(std::string_view text) {
    SecretArray<tokenSize> token;
    if (!base64urlDecode(text, token.bytes))
        return std::nullopt;
    LinkKey out;
    crypto_generichash(out.bytes.data(), out.bytes.size(), token.data(), token.size(), nullptr, 0);
    return out;
}

} // namespace grantlink
