#include "ngx_module/template.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

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

// To the end, since nearly no value has one: then there is nothing to decide at each byte.
bool hasSpecial(std::string_view text) {
    bool out = false;
    for (const char c : text)
        out |= isSpecial(c);
    return out;
}

char* appendValue(std::string_view value, char* end) {
    return std::copy(value.begin(), value.end(), end);
}

// Most texts are short, and then copying so many bytes is faster than as many as there are: they
// can be read, and what is written too much is written over by what comes next.
constexpr std::size_t always = Template::surplus;

char* appendText(const char* text, std::size_t size, char* end) {
    std::memcpy(end, text, always);
    if (size > always)
        std::memcpy(end + always, text + always, size - always);
    return end + size;
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

PageValues::PageValues(const PlainValues& plain, SlotSet slots) {
    for (unsigned long rest = slots.to_ulong(); rest != 0; rest &= rest - 1) {
        const auto slot = static_cast<Slot>(std::countr_zero(rest));
        set(slot, plain[slot]);
    }
}

void PageValues::set(Slot slot, std::string_view text) {
    if (hasSpecial(text))
        text = copies_.emplace_front(escapeHtml(text));
    values_[static_cast<std::size_t>(slot)] = text;
}

std::size_t Template::Sizes::with(const PageValues& values) const {
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

std::size_t Template::bound(const PageValues& values, Accounts accounts) const {
    std::size_t out = page_.with(values) + surplus;
    for (const PageValues& account : accounts)
        out += account_.with(account);
    return out;
}

// Whose values stand for a value just now: the page's, or in {{#accounts}} those of an account.
class Template::Turn {
  public:
    Turn(const PageValues& page, Accounts accounts)
        : page_(page), accounts_(accounts), current_(&page) {}

    std::string_view operator[](Slot slot) const { return (*current_)[slot]; }

    // At `each` and at `next`: whether to go on with the segment that follows.
    bool passes(const Segment& segment) {
        if (segment.behind == Kind::each)
            done_ = 0;
        const bool more = done_ < accounts_.size();
        current_ = more ? &accounts_[done_++] : &page_;
        return more == (segment.behind == Kind::each);
    }

  private:
    const PageValues& page_;
    Accounts accounts_;
    const PageValues* current_;
    std::size_t done_ = 0; // accounts that had their turn
};

std::string_view Template::render(const PageValues& page, char* memory, Accounts accounts) const {
    char* end = memory + head_.size();
    Turn values(page, accounts);
    const Segment* const first = segments_.data();
    const Segment* const last = first + segments_.size();
    for (const Segment* segment = first; segment != last;) {
        end = appendText(&texts_[segment->text], segment->size, end);
        bool goesOn = true;
        switch (segment->behind) {
        case Kind::nothing:
            break;
        case Kind::value:
            end = appendValue(values[segment->slot], end);
            break;
        case Kind::skipIfEmpty:
            goesOn = !values[segment->slot].empty();
            break;
        case Kind::skipIfSet:
            goesOn = values[segment->slot].empty();
            break;
        default:
            goesOn = values.passes(*segment);
        }
        segment = goesOn ? segment + 1 : first + segment->at;
    }
    return {memory, end};
}

} // namespace grantlink
