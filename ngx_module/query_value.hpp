// A field of a query string that the pages' own links and forms send. Input is hostile; nothing
// here allocates.
#pragma once

#include <algorithm>
#include <string_view>

namespace grantlink {

// The value of the first field `name`, as it is, or "".
constexpr std::string_view queryValue(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view field = query.substr(0, end);
        if (field.starts_with(name) && field.substr(name.size()).starts_with('='))
            return field.substr(name.size() + 1);
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return {};
}

} // namespace grantlink
