// Which language a request is answered in (RFC 9110, section 12.5.4; RFC 4647, section 3.4).
// Input is hostile; nothing here allocates but LastAccepted, which keeps a header's beginning.
#pragma once

#include "ngx_module/language.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace grantlink {

// The index of the language that `tag` names, by the lookup of RFC 4647: "de-CH-1996" is "de" when
// neither "de-CH-1996" nor "de-CH" is there. Case does not count. Nothing for what is no tag.
std::optional<std::size_t> languageNamed(std::string_view tag, std::span<const Language> languages);

// The one that the header's weights prefer; nothing when none of its ranges fits.
std::optional<std::size_t> languageAccepted(std::string_view acceptLanguage,
                                            std::span<const Language> languages);

// The same, remembered: most browsers send what the one before them sent. Not thread-safe.
class LastAccepted {
  public:
    std::optional<std::size_t> languageAccepted(std::string_view acceptLanguage,
                                                std::span<const Language> languages);

  private:
    std::string header_; // of `language_`
    std::optional<std::size_t> language_;
};

} // namespace grantlink
