// Words as people search for them: "Zoë" is found by "zoe".
#pragma once

#include <string>
#include <string_view>

namespace grantlink {

// Latin, Greek and Cyrillic in small letters, Latin without its marks; all else stays as it is,
// bytes that are no UTF-8 too.
std::string foldedForSearch(std::string_view text);

} // namespace grantlink
