// Language tags (BCP 47), as requesters and presets write them.
#pragma once

#include <string_view>

namespace grantlink {

// Well-formed as RFC 5646, section 2.1, has it, which does not say that there is such a language.
// 2 to 35 characters, the length that section 4.4.1 calls enough. The language has two or three
// letters: longer ones are reserved or not registered (section 2.2.1), so "German" is none.
bool isLanguageTag(std::string_view tag);

// Upper and lower case are the same (RFC 5646, section 2.1.1).
bool sameLanguageTag(std::string_view a, std::string_view b);

// What a lookup tries next (RFC 4647, section 3.4): without the last subtag, and without a single
// character in front of it. Empty behind the language itself.
std::string_view shorterLanguageTag(std::string_view tag);

} // namespace grantlink
