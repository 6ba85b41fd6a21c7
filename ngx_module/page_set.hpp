// The pages a recipient can meet: one template each in pages/, in every language, all compiled when
// nginx starts.
#pragma once

#include "ngx_module/filled_pages.hpp"
#include "ngx_module/language.hpp"
#include "ngx_module/negotiation.hpp"
#include "ngx_module/page_memory.hpp"
#include "ngx_module/template.hpp"
#include "ngx_module/template_compiler.hpp"
#include "ngx_module/template_files.hpp"

#include <boost/system/result.hpp>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

enum class Page : std::uint8_t {
    ready,     // the button
    accounts,  // the buttons, of a link that asks for several accounts
    begun,     // this browser began already, in another tab
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
    notStarted,  // the provider has to have the request first, and cannot be asked
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

// Immutable once made, but for what it remembers; neither copied nor moved, because its templates
// point into its texts.
class PageSet {
  public:
    // Of the shipped files, and those of `directory` over them where it is not empty.
    static boost::system::result<std::unique_ptr<PageSet>, TemplateError>
    compile(const std::string& directory);

    std::span<const Language> languages() const { return languages_; }

    // `language` is an index into languages().
    const Template& page(Page page, std::size_t language) const {
        return pages_[language][static_cast<std::size_t>(page)];
    }

    // The same, with some of `values` filled in; valid until the next call.
    const Template& filled(const Template& page, const PlainValues& values) const {
        return filled_.find(page, values);
    }

    // By the header Accept-Language: an index into languages().
    std::optional<std::size_t> languageAccepted(std::string_view header) const {
        return accepted_.languageAccepted(header, languages_);
    }

    // The day as the language writes it; valid until the next call.
    std::string_view date(TimeMs time, std::size_t language) const {
        return dates_.date(time, language, languages_);
    }

    // Where this worker composes them.
    PageMemory& memory() const { return memory_; }

    std::string_view script(std::string_view name) const { return *files_.file(name); }

    // One policy for every page: nothing but our own style (by its hash, and a brand's), scripts,
    // logo and long poll. There is no form-action: browsers apply it to the redirects behind a form
    // as well, and the provider's login may pass through hosts that nobody can list.
    const std::string& contentSecurityPolicy() const { return policy_; }

  private:
    explicit PageSet(const std::string& directory) : files_(directory) {}

    std::string readLanguages(); // what is wrong, or ""
    std::optional<TemplateError> compilePages();
    std::string policyFor(std::string_view style) const;

    using Pages = std::array<Template, static_cast<std::size_t>(Page::count)>;

    TemplateFiles files_;
    HeadPool heads_;
    std::vector<Language> languages_;
    std::vector<Pages> pages_; // of each language
    std::string policy_;
    mutable FilledPages filled_;
    mutable PageMemory memory_;
    mutable LastAccepted accepted_;
    mutable RecentDates dates_;
};

} // namespace grantlink
