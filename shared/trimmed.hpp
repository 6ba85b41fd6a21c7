// Texts without the blanks around them.
#pragma once

#include <string_view>

namespace grantlink {

// `blanks` are those of HTTP's headers (RFC 9110, section 5.6.3) unless said otherwise.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " \t") {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace grantlink
