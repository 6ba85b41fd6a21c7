// What the edge may know of a link: all that its pages show and its redirects need, and no secret.
//
// The daemon writes link views, nginx reads them in place from the LMDB map (docs/formats.md). A
// view carries one or more items, each an account to approve.
//
// Lifetime: every string_view of a parsed view points into the record; it is valid as long as the
// read transaction that found the record.
#pragma once

#include "shared/secret.hpp"
#include "shared/uuid.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

enum class LinkStatus : std::uint8_t {
    live = 0,
    replaced = 1,  // a newer generation exists
    cancelled = 2, // the requester took the request back
};

struct LinkItem {
    Uuid connection;
    bool connected = false;
    bool pkce = true;              // S256 (RFC 7636)
    bool nonce = false;            // OpenID Connect
    bool issExpected = false;      // the provider sends `iss` (RFC 9207): a missing one is refused
    std::string_view provider;     // the last path segment of the redirect URI
    std::string_view providerName; // for people
    std::string_view account;      // for people, such as @nike; empty: whoever approves
    // The authorization request but for state, PKCE and nonce; ends in '?' or '&'.
    std::string_view authorizeUrl;
    std::string_view issuer; // compared exactly with `iss`; empty: `iss` is not looked at
};

struct LinkView {
    static constexpr std::size_t maxItems = 16;

    LinkStatus status = LinkStatus::live;
    bool secureCookie = true; // the edge is reached over https: Secure and __Host-
    std::uint32_t generation = 1;
    TimeMs expires = 0;
    std::uint32_t attemptLifetime = 0; // seconds from the press of the button to the callback
    std::string_view requester;        // who asks
    std::string_view attemptsUrl;      // absolute, ends in '/'; the attempt id is appended
    std::uint8_t itemCount = 0;
    std::array<LinkItem, maxItems> items;

    const LinkItem* find(const Uuid& connection) const;
};

// Nothing when a byte is missing or too many, the version is unknown, or there is no item.
std::optional<LinkView> parseLinkView(Bytes record);

std::string encodeLinkView(const LinkView& view);

} // namespace grantlink
