#include "ngx_module/template.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t longestEntity = 6; // &quot;

constexpr std::string_view entityOf(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return {};
    }
}

constexpr std::array<bool, 256> isSpecial = [] {
    std::array<bool, 256> out{};
    for (std::size_t c = 0; c < out.size(); ++c)
        out[c] = !entityOf(static_cast<char>(c)).empty();
    return out;
}();

} // namespace

char* escapeHtml(std::string_view text, char* out) {
    for (const char c : text) {
        if (!isSpecial[static_cast<unsigned char>(c)]) {
            *out++ = c;
            continue;
        }
        const std::string_view entity = entityOf(c);
        out = std::copy(entity.begin(), entity.end(), out);
    }
    return out;
}

std::size_t Template::bound(const PageValues& values) const {
    std::size_t out = textLength_;
    for (std::size_t i = 0; i < uses_.size(); ++i)
        out += uses_[i] * longestEntity * values[static_cast<Slot>(i)].size();
    return out;
}

std::string_view Template::render(const PageValues& values, char* memory) const {
    char* end = memory;
    for (std::size_t i = 0; i < segments_.size();) {
        const Segment& segment = segments_[i++];
        switch (segment.kind) {
        case Kind::text:
            end = std::copy_n(segment.text.data(), segment.text.size(), end);
            break;
        case Kind::value:
            end = escapeHtml(values[segment.slot], end);
            break;
        case Kind::skipIfEmpty:
            if (values[segment.slot].empty())
                i = segment.at;
            break;
        case Kind::skipIfSet:
            if (!values[segment.slot].empty())
                i = segment.at;
            break;
        }
    }
    return {memory, end};
}

} // namespace grantlink
