// The pages a recipient can meet: one template each in pages/, all compiled when nginx starts.
#pragma once

#include "ngx_module/template.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

enum class Page : std::uint8_t {
    ready,     // the button
    confirm,   // the callback came without its cookie: is this you?
    finishing, // recorded; the daemon is at it
    connected,
    declined,
    wrongAccount,
    replaced, // a newer link exists
    expired,  // the link's life is over
    timedOut, // the attempt took too long; the link still works
    cancelled,
    alreadyConnected,
    providerError,
    tooMany,     // the cap on approvals in the spool
    notRecorded, // store full or failing: nothing was kept
    notFound,
    badRequest,
    unavailable, // the edge store cannot be read
    count
};

struct PageInfo {
    std::string_view name; // template file without .html, data-page, $grantlink_outcome
    unsigned status;       // HTTP status when the page is the answer
};

const PageInfo& infoOf(Page page);
std::optional<Page> pageNamed(std::string_view name);

class PageSet {
  public:
    static boost::system::result<PageSet, TemplateError> compile(const TemplateSource& source);

    const Template& operator[](Page page) const { return pages_[static_cast<std::size_t>(page)]; }

    // One policy for every page: nothing but our own style (by its hash), script and long poll.
    // There is no form-action: browsers apply it to the redirects behind a form as well, and the
    // provider's login may pass through hosts that nobody can list.
    const std::string& contentSecurityPolicy() const { return policy_; }

  private:
    std::array<Template, static_cast<std::size_t>(Page::count)> pages_;
    std::string policy_;
};

} // namespace grantlink
