#include "ngx_module/account_list.hpp"

#include "ngx_module/edge_store.hpp"
#include "ngx_module/respond.hpp"
#include "ngx_module/start.hpp"

namespace grantlink {

namespace {

// An approval of this browser's for the account is in the spool.
bool isBeingChecked(ngx_http_request_t* r, const RequestContext& context, const FoundLink& link,
                    const LinkItem& item) {
    const auto begun = attemptBegun(r, context, link, item);
    const auto spool = begun ? EdgeStore::of(r).spool(r->connection->log) : nullptr;
    return spool && spool->find(*begun).waiting;
}

Slot stateOf(const LinkItem& item, bool checking) {
    if (item.connected)
        return Slot::connected;
    if (checking)
        return Slot::checking;
    switch (item.lastOutcome.value_or(Outcome::expired)) {
    case Outcome::declined:
        return Slot::declined;
    case Outcome::wrongAccount:
        return Slot::wrong;
    case Outcome::providerError:
        return Slot::failed;
    default:
        return Slot::waits;
    }
}

} // namespace

AccountList::AccountList(ngx_http_request_t* r, const RequestContext& context,
                         const FoundLink& link, const PageValues& page, bool canStart) {
    std::size_t total = 0, done = 0;
    for (const LinkItem& item : link.view().items) {
        if (item.withdrawn)
            continue;
        const bool checking = !item.connected && isBeingChecked(r, context, link, item);
        const ProviderView* provider = link.providerOf(item);
        const bool starts =
            canStart && !item.connected && !checking && provider && !provider->authorizeUrl.empty();
        IdText& id = ids_.emplace_back();
        item.connection.write(id.data());
        PageValues& values = accounts_.emplace_back(page);
        values.set(Slot::account, item.account);
        values.set(Slot::provider, provider ? std::string_view(provider->name) : item.provider);
        values.set(Slot::item, {id.data(), id.size()});
        values.set(stateOf(item, checking), "yes");
        values.set(Slot::start, starts ? "yes" : "");
        ++total;
        done += item.connected;
        startable_ |= starts;
    }
    total_ = std::to_string(total);
    done_ = std::to_string(done);
    complete_ = done == total;
}

void AccountList::addTo(PageValues& page) const {
    page.set(Slot::total, total_);
    page.set(Slot::done, done_);
    page.set(Slot::connected, complete_ ? "yes" : "");
    page.set(Slot::start, startable_ ? "yes" : "");
}

} // namespace grantlink
