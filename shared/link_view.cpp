#include "shared/link_view.hpp"

#include "shared/byte_order.hpp"

namespace grantlink {

namespace {

constexpr std::uint8_t linkVersion = 3;
constexpr std::uint8_t sharedVersion = 1; // of provider, brand and site

enum ItemFlag : std::uint8_t { connectedFlag = 1, withdrawnFlag = 2 };

constexpr std::uint8_t noOutcome = 0; // of an item; the others are those of an outcome record

enum ProviderFlag : std::uint8_t { pkceFlag = 1, nonceFlag = 2, issFlag = 4, pushedFlag = 8 };

enum SiteFlag : std::uint8_t { secureCookieFlag = 1 };

constexpr int flagIf(bool set, std::uint8_t flag) {
    return set ? flag : 0;
}

LinkItem readItem(RecordReader& in) {
    LinkItem item;
    item.connection = in.uuid();
    const auto flags = in.flags(connectedFlag | withdrawnFlag);
    item.connected = flags & connectedFlag;
    item.withdrawn = flags & withdrawnFlag;
    const auto outcome = in.upTo(static_cast<std::uint8_t>(Outcome::providerError));
    if (outcome != noOutcome)
        item.lastOutcome = static_cast<Outcome>(outcome);
    item.provider = in.text();
    item.account = in.text();
    return item;
}

std::string textFrom(RecordReader& in) {
    return std::string(in.text());
}

RecordReader sharedRecord(Bytes record, bool& known) {
    RecordReader in(record);
    known = in.integer<std::uint8_t>() == sharedVersion;
    return in;
}

} // namespace

const LinkItem* LinkView::find(const Uuid& connection) const {
    for (const LinkItem& item : items)
        if (item.connection == connection)
            return &item;
    return nullptr;
}

std::optional<LinkView> parseLinkView(Bytes record) {
    RecordReader in(record);
    if (in.integer<std::uint8_t>() != linkVersion)
        return std::nullopt;
    LinkView view;
    const auto status = in.integer<std::uint8_t>();
    view.status = static_cast<LinkStatus>(status);
    const auto items = in.integer<std::uint8_t>();
    view.generation = in.integer<std::uint32_t>();
    view.expires = in.integer<std::uint64_t>();
    view.requester = in.text();
    view.language = in.text();
    view.brand = in.text();
    view.message = in.text();
    if (status > 2 || items == 0 || items > LinkView::maxItems)
        return std::nullopt;
    while (view.items.size() < items)
        view.items.push_back(readItem(in));
    if (!in.complete())
        return std::nullopt;
    return view;
}

std::string encodeLinkView(const LinkView& view) {
    RecordWriter out;
    out.integer(linkVersion).integer(static_cast<std::uint8_t>(view.status));
    out.integer(static_cast<std::uint8_t>(view.items.size()))
        .integer(view.generation)
        .integer(view.expires);
    out.text(view.requester).text(view.language).text(view.brand).text(view.message);
    for (const LinkItem& item : view.items) {
        out.uuid(item.connection);
        out.integer(static_cast<std::uint8_t>(flagIf(item.connected, connectedFlag) |
                                              flagIf(item.withdrawn, withdrawnFlag)));
        out.integer(item.lastOutcome ? static_cast<std::uint8_t>(*item.lastOutcome) : noOutcome);
        out.text(item.provider).text(item.account);
    }
    return out.take();
}

std::optional<ProviderView> parseProviderView(Bytes record) {
    bool known = false;
    RecordReader in = sharedRecord(record, known);
    ProviderView out;
    const auto flags = in.flags(pkceFlag | nonceFlag | issFlag | pushedFlag);
    out.pkce = flags & pkceFlag;
    out.nonce = flags & nonceFlag;
    out.issExpected = flags & issFlag;
    out.pushed = flags & pushedFlag;
    out.name = textFrom(in);
    out.authorizeUrl = textFrom(in);
    out.issuer = textFrom(in);
    out.switchUrl = textFrom(in);
    for (auto hints = in.integer<std::uint8_t>(); hints > 0 && !in.failed(); --hints) {
        std::string language = textFrom(in);
        out.switchHints.push_back({std::move(language), textFrom(in)});
    }
    if (!known || !in.complete())
        return std::nullopt;
    return out;
}

std::string encodeProviderView(const ProviderView& view) {
    if (view.switchHints.size() > 0xff)
        throw std::length_error("a provider has more than 255 hints for switching accounts");
    RecordWriter out;
    out.integer(sharedVersion);
    out.integer(static_cast<std::uint8_t>(
        flagIf(view.pkce, pkceFlag) | flagIf(view.nonce, nonceFlag) |
        flagIf(view.issExpected, issFlag) | flagIf(view.pushed, pushedFlag)));
    out.text(view.name).text(view.authorizeUrl).text(view.issuer).text(view.switchUrl);
    out.integer(static_cast<std::uint8_t>(view.switchHints.size()));
    for (const SwitchHint& hint : view.switchHints)
        out.text(hint.language).text(hint.text);
    return out.take();
}

std::optional<BrandView> parseBrandView(Bytes record) {
    bool known = false;
    RecordReader in = sharedRecord(record, known);
    BrandView out;
    out.name = textFrom(in);
    out.colour = textFrom(in);
    out.logo = textFrom(in);
    if (!known || !in.complete())
        return std::nullopt;
    return out;
}

std::string encodeBrandView(const BrandView& view) {
    RecordWriter out;
    out.integer(sharedVersion).text(view.name).text(view.colour).text(view.logo);
    return out.take();
}

std::optional<SiteView> parseSiteView(Bytes record) {
    bool known = false;
    RecordReader in = sharedRecord(record, known);
    SiteView out;
    out.secureCookie = in.flags(secureCookieFlag) & secureCookieFlag;
    out.attemptLifetime = in.integer<std::uint32_t>();
    out.attemptsUrl = textFrom(in);
    if (!known || !in.complete())
        return std::nullopt;
    return out;
}

std::string encodeSiteView(const SiteView& view) {
    RecordWriter out;
    out.integer(sharedVersion);
    out.integer(static_cast<std::uint8_t>(flagIf(view.secureCookie, secureCookieFlag)));
    out.integer(view.attemptLifetime).text(view.attemptsUrl);
    return out.take();
}

} // namespace grantlink
