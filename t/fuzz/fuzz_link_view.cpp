// Link views, as the edge reads them in place.
#include "shared/link_view.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

bool operator==(const LinkItem& a, const LinkItem& b) {
    return a.connection == b.connection && a.connected == b.connected &&
           a.withdrawn == b.withdrawn && a.lastOutcome == b.lastOutcome &&
           a.provider == b.provider && a.account == b.account;
}

bool operator==(const LinkView& a, const LinkView& b) {
    return a.status == b.status && a.generation == b.generation && a.expires == b.expires &&
           a.requester == b.requester && a.language == b.language && a.brand == b.brand &&
           a.message == b.message &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                      [](const LinkItem& x, const LinkItem& y) { return x == y; });
}

void acceptedRecordIsWhatWeMake(std::string_view record) {
    const auto view = parseLinkView(bytesOf(record));
    if (!view)
        return;
    require(encodeLinkView(*view) == record, "a link view encodes to the same bytes");
    require(!view->items.empty(), "it has an item");
    require(!parseLinkView(bytesOf(record.substr(0, record.size() - 1))), "a cut one is not read");
}

LinkItem itemFrom(fuzz::Input& in) {
    LinkItem item;
    item.connection = in.uuid();
    item.connected = in.flag();
    item.withdrawn = in.flag();
    if (const auto outcome = in.integer<std::uint8_t>() % 9; outcome > 0)
        item.lastOutcome = static_cast<Outcome>(outcome);
    item.provider = in.text();
    item.account = in.text();
    return item;
}

LinkView viewFrom(fuzz::Input& in) {
    LinkView view;
    view.status = static_cast<LinkStatus>(in.integer<std::uint8_t>() % 3);
    view.generation = in.integer<std::uint32_t>();
    view.expires = in.integer<std::uint64_t>();
    view.requester = in.text();
    view.language = in.text();
    view.brand = in.text();
    view.message = in.text();
    for (auto items = 1 + in.integer<std::uint8_t>() % LinkView::maxItems; items > 0; --items)
        view.items.push_back(itemFrom(in));
    return view;
}

void viewComesBack(fuzz::Input in) {
    const LinkView view = viewFrom(in);
    const std::string record = encodeLinkView(view);
    const auto back = parseLinkView(bytesOf(record));
    require(back && *back == view, "a link view comes back");
    require(!parseLinkView(bytesOf(record + '\0')), "one with a byte too many is not read");
    const LinkItem* found = back->find(view.items[0].connection);
    require(found == &back->items[0], "an item is found by its connection");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    acceptedRecordIsWhatWeMake(textOf({data, size}));
    viewComesBack({data, size});
    return 0;
}
