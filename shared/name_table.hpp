// The names of an enumeration's values, as records, API and configuration have them.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace grantlink {

template <typename Value, std::size_t size>
using NameTable = std::array<std::pair<Value, std::string_view>, size>;

template <typename Value, std::size_t size>
constexpr std::string_view nameIn(const NameTable<Value, size>& names, Value wanted) {
    for (const auto& [value, name] : names)
        if (value == wanted)
            return name;
    return "unknown";
}

template <typename Value, std::size_t size>
constexpr std::optional<Value> valueIn(const NameTable<Value, size>& names,
                                       std::string_view wanted) {
    for (const auto& [value, name] : names)
        if (name == wanted)
            return value;
    return std::nullopt;
}

} // namespace grantlink
