#include "daemon/text/names.hpp"

#include <algorithm>

namespace grantlink {

bool isPlainId(std::string_view id) {
    return !id.empty() && id.size() <= 64 &&
           id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") ==
               std::string_view::npos;
}

bool isOneLine(std::string_view text, std::size_t maxBytes) {
    return text.size() <= maxBytes && std::none_of(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
           });
}

} // namespace grantlink
