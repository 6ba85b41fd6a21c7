#include "ngx_module/template.hpp"

#include <algorithm>

namespace grantlink {

namespace {

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

constexpr std::array<bool, 256> specials = [] {
    std::array<bool, 256> out{};
    for (std::size_t c = 0; c < out.size(); ++c)
        out[c] = !entityOf(static_cast<char>(c)).empty();
    return out;
}();

bool isSpecial(char c) {
    return specials[static_cast<unsigned char>(c)];
}

char* append(std::string_view text, char* end) {
    return std::copy(text.begin(), text.end(), end);
}

} // namespace

std::string escapeHtml(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (isSpecial(c))
            out += entityOf(c);
        else
            out += c;
    }
    return out;
}

EscapedValues::EscapedValues(const PageValues& values) {
    for (std::size_t i = 0; i < slotCount; ++i) {
        values_[i] = values[static_cast<Slot>(i)];
        if (std::ranges::any_of(values_[i], isSpecial))
            values_[i] = copies_.emplace_front(escapeHtml(values_[i]));
    }
}

std::size_t Template::Sizes::with(const EscapedValues& values) const {
    std::size_t out = text;
    for (std::size_t i = 0; i < slotCount; ++i)
        out += uses[i] * values[static_cast<Slot>(i)].size();
    return out;
}

std::size_t Template::bound(const EscapedValues& values, Accounts accounts) const {
    std::size_t out = page_.with(values);
    for (const EscapedValues& account : accounts)
        out += account_.with(account);
    return out;
}

std::string_view Template::head() const {
    const bool begins = !segments_.empty() && segments_.front().kind == Kind::text;
    return begins ? segments_.front().text : std::string_view();
}

std::string_view Template::render(const EscapedValues& page, char* memory,
                                  Accounts accounts) const {
    const std::string_view known = head();
    char* end = memory + known.size();
    const EscapedValues* current = &page;
    auto account = accounts.begin();
    for (std::size_t i = known.empty() ? 0 : 1; i < segments_.size();) {
        const Segment& segment = segments_[i++];
        const EscapedValues& values = *current;
        switch (segment.kind) {
        case Kind::text:
            end = append(segment.text, end);
            break;
        case Kind::value:
            end = append(values[segment.slot], end);
            break;
        case Kind::skipIfEmpty:
            if (values[segment.slot].empty())
                i = segment.at;
            break;
        case Kind::skipIfSet:
            if (!values[segment.slot].empty())
                i = segment.at;
            break;
        case Kind::each:
            account = accounts.begin();
            if (account == accounts.end())
                i = segment.at;
            else
                current = &*account;
            break;
        case Kind::next:
            current = ++account == accounts.end() ? &page : &*account;
            if (current != &page)
                i = segment.at;
            break;
        }
    }
    return {memory, end};
}

} // namespace grantlink
