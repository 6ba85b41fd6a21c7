// The secret of an approval link.
//
// token = BLAKE2b-192 keyed with a master subkey, over connection id and generation, so the daemon
// can show a link again at any time and nothing stores it. The edge store knows a third of it, to
// find the link by, and a value that the rest is verified with: who reads the store cannot make a
// link, for which 128 bits are missing, and how long a look-up takes tells nothing of them.
#pragma once

#include "shared/keys.hpp"
#include "shared/secret.hpp"
#include "shared/uuid.hpp"

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// Where a link is: the token's first 8 bytes.
struct LinkLocator {
    std::array<std::uint8_t, 8> bytes{};
    bool operator==(const LinkLocator&) const = default;
};

// The key of the link view in the edge store: the locator, and SipHash-2-4-128 of it, keyed with
// the token's other 16 bytes. Of a pseudo-random function no value tells its key; and this one
// takes an eighth of a hash's time.
struct LinkKey {
    std::array<std::uint8_t, sizeof(LinkLocator) + 16> bytes{};

    LinkLocator locator() const;

    auto operator<=>(const LinkKey&) const = default;
};

constexpr std::size_t linkTokenLength = 32; // characters of base64url

// A token that somebody sent. Wipes it.
class LinkToken {
  public:
    // Nothing unless the text is 32 characters of base64url.
    static std::optional<LinkToken> parse(std::string_view text);

    LinkLocator locator() const;
    LinkKey key() const;

  private:
    SecretArray<24> bytes_;
};

std::string makeLinkToken(const MasterKey& key, const Uuid& connection, std::uint32_t generation);

std::optional<LinkKey> linkKeyOf(std::string_view token); // LinkToken's

} // namespace grantlink
