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

// Most values of a page are empty.
EscapedValues::EscapedValues(const PageValues& values) : values_(values.all()) {
    for (std::string_view& value : values_)
        if (!value.empty() && std::ranges::any_of(value, isSpecial))
            value = copies_.emplace_front(escapeHtml(value));
}

std::size_t Template::Sizes::with(const EscapedValues& values) const {
    std::size_t out = text;
    for (const auto& [slot, times] : uses)
        out += times * values[slot].size();
    return out;
}

std::size_t Template::Sizes::use(Slot slot) {
    for (auto& [used, times] : uses)
        if (used == slot)
            return ++times;
    uses.emplace_back(slot, 1);
    return 1;
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

// Whose values stand for a value just now: the page's, or in {{#accounts}} those of an account.
class Template::Turn {
  public:
    Turn(const EscapedValues& page, Accounts accounts)
        : page_(page), accounts_(accounts), current_(&page) {}

    std::string_view operator[](Slot slot) const { return (*current_)[slot]; }

    // At `each` and at `next`: which segment to go on with; `behind` is the one that follows.
    std::size_t pass(const Segment& segment, std::size_t behind) {
        if (segment.kind == Kind::each)
            done_ = 0;
        const bool more = done_ < accounts_.size();
        current_ = more ? &accounts_[done_++] : &page_;
        return more == (segment.kind == Kind::each) ? behind : segment.at;
    }

  private:
    const EscapedValues& page_;
    Accounts accounts_;
    const EscapedValues* current_;
    std::size_t done_ = 0; // accounts that had their turn
};

std::string_view Template::render(const EscapedValues& page, char* memory,
                                  Accounts accounts) const {
    const std::string_view known = head();
    char* end = memory + known.size();
    Turn values(page, accounts);
    for (std::size_t i = known.empty() ? 0 : 1; i < segments_.size();) {
        const Segment& segment = segments_[i++];
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
        default:
            i = values.pass(segment, i);
        }
    }
    return {memory, end};
}

} // namespace grantlink
