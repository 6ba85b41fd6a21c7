// What the edge may know of a link, and no secret: the link view, and the records that many links
// share (provider, brand, site).
//
// The daemon writes them, nginx reads them (docs/formats.md). A link view is small, because there
// may be ten million of them, and carries one or more items, each an account to approve. It is read
// in place from the LMDB map; the shared records are few and are kept as values.
//
// Lifetime: every string_view of a parsed link view points into the record; it is valid as long as
// the read transaction that found the record.
#pragma once

#include "shared/approval.hpp"
#include "shared/secret.hpp"
#include "shared/uuid.hpp"

#include <boost/container/static_vector.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

enum class LinkStatus : std::uint8_t {
    live = 0,
    replaced = 1,  // a newer generation exists
    cancelled = 2, // the requester took the request back
};

struct LinkItem {
    Uuid connection;
    bool connected = false;
    bool withdrawn = false; // it is asked for no more, while others of this link may be
    std::optional<Outcome> lastOutcome = {}; // of an attempt with this link; of several items only
    std::string_view provider;               // id: the last path segment of the redirect URI
    std::string_view account;                // for people, such as @nike; empty: whoever approves
};

struct LinkView {
    static constexpr std::size_t maxItems = 16;

    LinkStatus status = LinkStatus::live;
    std::uint32_t generation = 1;
    TimeMs expires = 0;
    std::string_view requester; // who asks
    std::string_view language;  // BCP 47, as the requester chose it; empty: the browser decides
    std::string_view brand;     // id of a brand; empty: none
    std::string_view message;   // of who asks, for the recipient; may have lines; empty: none
    boost::container::static_vector<LinkItem, maxItems> items; // at least one

    const LinkItem* find(const Uuid& connection) const;
};

// How one switches account at a provider, in one language.
struct SwitchHint {
    std::string language; // BCP 47
    std::string text;     // plain text, one sentence
};

struct ProviderView {
    std::string name; // for people
    // The authorization request but for state, PKCE and nonce; ends in '?' or '&'. Of one that is
    // pushed it has nothing but the client.
    std::string authorizeUrl;
    std::string issuer;       // compared exactly with `iss`; empty: `iss` is not looked at
    bool pkce = true;         // S256 (RFC 7636)
    bool nonce = false;       // OpenID Connect
    bool pushed = false;      // grantlinkd pushes the request (RFC 9126); see start_message.hpp
    bool issExpected = false; // the provider sends `iss` (RFC 9207): a missing one is refused
    std::string switchUrl;    // where one switches account there; may be empty
    std::vector<SwitchHint> switchHints;
};

struct BrandView {
    std::string name;   // of whoever asks, as shown beside the logo
    std::string colour; // of the button: six hexadecimal digits; empty: the pages' own
    std::string logo;   // an asset's name; empty: none
};

// What holds for all links of this installation.
struct SiteView {
    std::string attemptsUrl;           // absolute, ends in '/'; the attempt id is appended
    bool secureCookie = true;          // the edge is reached over https: Secure and __Host-
    std::uint32_t attemptLifetime = 0; // seconds from the press of the button to the callback
};

// Each answers nothing when a byte is missing or too many, or the version or a flag is unknown; of
// a link view also when it has no item.
std::optional<LinkView> parseLinkView(Bytes record);
std::optional<ProviderView> parseProviderView(Bytes record);
std::optional<BrandView> parseBrandView(Bytes record);
std::optional<SiteView> parseSiteView(Bytes record);

std::string encodeLinkView(const LinkView& view);
std::string encodeProviderView(const ProviderView& view);
std::string encodeBrandView(const BrandView& view);
std::string encodeSiteView(const SiteView& view);

} // namespace grantlink
