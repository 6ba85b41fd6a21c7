// A field of a query string that the pages' own links and forms send. Input is hostile; nothing
// here allocates.
#pragma once

#include "ngx_module/next_part.hpp"

#include <string_view>

namespace grantlink {

// The value of the first field `name`, as it is, or "".
constexpr std::string_view queryValue(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view field = nextPart(query, '&');
        if (field.starts_with(name) && field.substr(name.size()).starts_with('='))
            return field.substr(name.size() + 1);
    }
    return {};
}

} // namespace grantlink
