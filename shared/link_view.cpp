#include "shared/link_view.hpp"

#include "shared/byte_order.hpp"

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1;

enum ViewFlag : std::uint8_t { secureCookieFlag = 1 };

enum ItemFlag : std::uint8_t { connectedFlag = 1, pkceFlag = 2, nonceFlag = 4, issFlag = 8 };

LinkItem readItem(RecordReader& in) {
    LinkItem item;
    item.connection = in.uuid();
    const auto flags = in.integer<std::uint8_t>();
    item.connected = flags & connectedFlag;
    item.pkce = flags & pkceFlag;
    item.nonce = flags & nonceFlag;
    item.issExpected = flags & issFlag;
    item.provider = in.text();
    item.providerName = in.text();
    item.account = in.text();
    item.authorizeUrl = in.text();
    item.issuer = in.text();
    return item;
}

void writeItem(RecordWriter& out, const LinkItem& item) {
    const int flags = (item.connected ? connectedFlag : 0) | (item.pkce ? pkceFlag : 0) |
                      (item.nonce ? nonceFlag : 0) | (item.issExpected ? issFlag : 0);
    out.uuid(item.connection).integer(static_cast<std::uint8_t>(flags));
    out.text(item.provider).text(item.providerName).text(item.account);
    out.text(item.authorizeUrl).text(item.issuer);
}

} // namespace

const LinkItem* LinkView::find(const Uuid& connection) const {
    for (std::size_t i = 0; i < itemCount; ++i)
        if (items[i].connection == connection)
            return &items[i];
    return nullptr;
}

std::optional<LinkView> parseLinkView(Bytes record) {
    RecordReader in(record);
    if (in.integer<std::uint8_t>() != version)
        return std::nullopt;
    std::optional<LinkView> out(std::in_place);
    LinkView& view = *out;
    const auto status = in.integer<std::uint8_t>();
    view.status = static_cast<LinkStatus>(status);
    view.secureCookie = in.integer<std::uint8_t>() & secureCookieFlag;
    view.itemCount = in.integer<std::uint8_t>();
    view.generation = in.integer<std::uint32_t>();
    view.expires = in.integer<std::uint64_t>();
    view.attemptLifetime = in.integer<std::uint32_t>();
    view.requester = in.text();
    view.attemptsUrl = in.text();
    if (status > 2 || view.itemCount == 0 || view.itemCount > LinkView::maxItems)
        return std::nullopt;
    for (std::size_t i = 0; i < view.itemCount; ++i)
        view.items[i] = readItem(in);
    if (!in.complete())
        return std::nullopt;
    return out;
}

std::string encodeLinkView(const LinkView& view) {
    RecordWriter out;
    out.integer(version).integer(static_cast<std::uint8_t>(view.status));
    out.integer(static_cast<std::uint8_t>(view.secureCookie ? secureCookieFlag : 0));
    out.integer(view.itemCount).integer(view.generation).integer(view.expires);
    out.integer(view.attemptLifetime).text(view.requester).text(view.attemptsUrl);
    for (std::size_t i = 0; i < view.itemCount; ++i)
        writeItem(out, view.items[i]);
    return out.take();
}

} // namespace grantlink
