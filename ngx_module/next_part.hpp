// Lists with a divider, part by part. Input is hostile; nothing here allocates.
#pragma once

#include <algorithm>
#include <string_view>

namespace grantlink {

// Takes the part before `divider` off the front of `text`.
constexpr std::string_view nextPart(std::string_view& text, char divider) {
    const std::size_t end = std::min(text.find(divider), text.size());
    const std::string_view out = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    return out;
}

} // namespace grantlink
