#include "ngx_module/found_link.hpp"

#include <algorithm>

namespace grantlink {

namespace {

const LinkItem* firstToApprove(const LinkView& link) {
    const auto first = [&](bool connected) {
        return std::find_if(link.items.begin(), link.items.end(), [&](const LinkItem& item) {
            return !item.withdrawn && item.connected == connected;
        });
    };
    for (const auto& found : {first(false), first(true)})
        if (found != link.items.end())
            return &*found;
    return &link.items[0];
}

} // namespace

FoundLink::FoundLink(const LinkReader::Snapshot& snapshot, const LinkKey& link)
    : snapshot_(snapshot), view_(snapshot.find(link)),
      item_(view_ ? firstToApprove(*view_) : nullptr) {
    lookAround();
}

FoundLink::FoundLink(const LinkReader::Snapshot& snapshot, const Uuid& connection)
    : snapshot_(snapshot), view_(snapshot.find(connection)),
      item_(view_ ? view_->find(connection) : nullptr) {
    lookAround();
}

FoundLink::FoundLink(const LinkReader::Snapshot& snapshot, const LinkKey& newest,
                     const Uuid& connection)
    : snapshot_(snapshot), view_(snapshot.find(newest)),
      item_(view_ ? view_->find(connection) : nullptr) {
    lookAround();
}

bool FoundLink::choose(const Uuid& connection) {
    const LinkItem* const found = view_->find(connection);
    if (!found)
        return false;
    item_ = found;
    provider_ = providerOf(*item_);
    return true;
}

const ProviderView* FoundLink::providerOf(const LinkItem& item) const {
    return snapshot_.provider(item.provider);
}

void FoundLink::lookAround() {
    if (!item_)
        return;
    provider_ = providerOf(*item_);
    brand_ = snapshot_.brand(view_->brand);
    site_ = &snapshot_.site();
}

} // namespace grantlink
