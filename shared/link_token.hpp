// The secret of an approval link.
//
// token = BLAKE2b-192 keyed with a master subkey, over connection id and generation, so the daemon
// can show a link again at any time and nothing stores it. The edge store knows only the token's
// hash: who reads the store cannot make a link, and a look-up by hash leaks nothing by its timing.
#pragma once

#include "shared/keys.hpp"
#include "shared/uuid.hpp"

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// BLAKE2b-128 of a token's 24 bytes: the key of the link view in the edge store.
struct LinkKey {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const LinkKey&) const = default;
};

constexpr std::size_t linkTokenLength = 32; // characters of base64url

std::string makeLinkToken(const MasterKey& key, const Uuid& connection, std::uint32_t generation);

// Nothing unless the text is 32 characters of base64url.
std::optional<LinkKey> linkKeyOf(std::string_view token);

} // namespace grantlink
