// The accounts of a link that asks for several: each with its state, and a button where it can be
// connected from the page.
//
// Lifetime: it points into the link, the page's values and the snapshot of both.
#pragma once

#include "ngx_module/found_link.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/request_context.hpp"
#include "ngx_module/template.hpp"

#include <array>
#include <string>
#include <vector>

namespace grantlink {

class AccountList {
  public:
    // `page` are the page's values, which each account has too, but for its own. `canStart`:
    // whether the page's buttons work at all.
    AccountList(ngx_http_request_t* r, const RequestContext& context, const FoundLink& link,
                const PageValues& page, bool canStart);

    AccountList(const AccountList&) = delete;
    AccountList& operator=(const AccountList&) = delete;

    // What the page says of all of them together.
    void addTo(PageValues& page) const;

    Template::Accounts accounts() const { return accounts_; }

  private:
    using IdText = std::array<char, Uuid::textLength>;

    std::vector<PageValues> accounts_;
    boost::container::static_vector<IdText, LinkView::maxItems> ids_;
    std::string total_, done_;
    bool complete_ = false;  // all are connected
    bool startable_ = false; // one of them has a button
};

} // namespace grantlink
