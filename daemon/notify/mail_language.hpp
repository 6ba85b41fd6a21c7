// The words of mails, in the languages of the approval pages: what the pages say too, and what
// mails alone say (notify/languages/).
//
// Errors: a text that is missing throws std::logic_error; the unit tests ask for them all.
#pragma once

#include "daemon/toml_reader.hpp"
#include "shared/uuid.hpp"

#include <string>
#include <string_view>

namespace grantlink {

// The tag of a language that we have, for a BCP 47 tag: of one that is not known a shorter one is
// tried (RFC 4647, section 3.4). Empty: none.
std::string mailLanguageFor(std::string_view wanted);

class MailLanguage {
  public:
    explicit MailLanguage(std::string_view wanted); // English, when there is none for it

    const std::string& tag() const { return tag_; }

    std::string direction() const; // ltr or rtl
    std::string page(std::string_view key) const;
    std::string mail(std::string_view key) const;

    bool hasMail(std::string_view key) const { return mail_.contains(key); }

    std::string date(TimeMs when) const;
    std::string time(TimeMs when) const; // with the date

  private:
    std::string tag_;
    toml::table page_, mail_;
};

} // namespace grantlink
