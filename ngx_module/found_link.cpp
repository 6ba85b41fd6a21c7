#include "ngx_module/found_link.hpp"

namespace grantlink {

namespace {

const LinkItem* firstToApprove(const LinkView& link) {
    for (const LinkItem& item : link.items)
        if (!item.connected)
            return &item;
    return &link.items[0];
}

} // namespace

FoundLink::FoundLink(const LinkReader::Snapshot& snapshot, const LinkKey& link)
    : view_(snapshot.find(link)), item_(view_ ? firstToApprove(*view_) : nullptr) {
    lookAround(snapshot);
}

FoundLink::FoundLink(const LinkReader::Snapshot& snapshot, const Uuid& connection)
    : view_(snapshot.find(connection)), item_(view_ ? view_->find(connection) : nullptr) {
    lookAround(snapshot);
}

FoundLink::FoundLink(const LinkReader::Snapshot& snapshot, const LinkKey& newest,
                     const Uuid& connection)
    : view_(snapshot.find(newest)), item_(view_ ? view_->find(connection) : nullptr) {
    lookAround(snapshot);
}

void FoundLink::lookAround(const LinkReader::Snapshot& snapshot) {
    if (!item_)
        return;
    provider_ = snapshot.provider(item_->provider);
    brand_ = snapshot.brand(view_->brand);
    site_ = &snapshot.site();
}

} // namespace grantlink
