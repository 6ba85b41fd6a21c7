// Ids and short texts that operators and requesters give to things.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace grantlink {

// 1 to 64 characters of a-z, 0-9, '-', '_' and '.': fit for a path, a file name, a key.
bool isPlainId(std::string_view id);

// No control characters, and at most so many bytes.
bool isOneLine(std::string_view text, std::size_t maxBytes);

// One after the other, with something between them.
template <typename Words>
std::string joined(const Words& words, std::string_view between) {
    std::string out;
    for (const auto& word : words) {
        if (!out.empty())
            out += between;
        out += word;
    }
    return out;
}

// The keys of a map for a message: "acme, zeta", or `none` when there are none.
template <typename Map>
std::string keysOf(const Map& map, std::string_view none) {
    std::string out;
    for (const auto& [key, value] : map)
        out += (out.empty() ? "" : ", ") + key;
    return out.empty() ? std::string(none) : out;
}

} // namespace grantlink
