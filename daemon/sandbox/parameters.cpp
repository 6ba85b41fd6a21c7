#include "daemon/sandbox/parameters.hpp"

#include <algorithm>
#include <set>

namespace grantlink::sandbox {

std::string Parameters::get(std::string_view name) const {
    for (const auto& [key, value] : fields_)
        if (key == name)
            return value;
    return {};
}

std::optional<std::string> Parameters::firstMissing(const std::vector<std::string>& names) const {
    for (const std::string& name : names)
        if (get(name).empty())
            return name;
    return std::nullopt;
}

std::optional<std::string> Parameters::firstRepeated() const {
    std::set<std::string> seen;
    for (const auto& field : fields_)
        if (!seen.insert(field.first).second)
            return field.first;
    return std::nullopt;
}

std::vector<std::string> splitList(std::string_view text, char separator) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        std::string_view item = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!item.empty() && item.front() == ' ')
            item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ')
            item.remove_suffix(1);
        if (!item.empty())
            items.emplace_back(item);
    }
    return items;
}

} // namespace grantlink::sandbox
