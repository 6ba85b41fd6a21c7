// A page in one language, compiled when nginx starts from a small subset of Mustache
// (docs/templates.md, template_compiler.hpp).
//
// A compiled template is a flat list of segments, each a text and what stands behind it. Rendering
// walks it once and composes the page in memory of the caller's: for the kernel, which has to copy
// it in any case, one part is cheaper than several. It allocates nothing. Thread-safety: immutable
// once compiled.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink {

// The values a template may use, by these names.
enum class Slot : std::uint8_t {
    requester,
    account,
    provider,
    approver,
    detail,
    expires,
    brand,
    logo,
    colour,
    switchurl,
    switchhow,
    assets,
    problem,
    retry,
    message,
    total,
    done,
    item,
    start,
    waits,
    connected,
    declined,
    wrong,
    failed,
    checking,
    count
};

constexpr std::size_t slotCount = static_cast<std::size_t>(Slot::count);

using SlotSet = std::bitset<slotCount>;

// The values of a page, as plain text.
class PlainValues {
  public:
    std::string_view& operator[](Slot slot) { return values_[static_cast<std::size_t>(slot)]; }

    std::string_view operator[](Slot slot) const { return values_[static_cast<std::size_t>(slot)]; }

  private:
    std::array<std::string_view, slotCount> values_;
};

// The values of a page, as they stand in HTML text and attributes. They point at what they were set
// to; only what has something to escape is copied.
class PageValues {
  public:
    PageValues() = default;
    PageValues(PageValues&&) = default; // the copies stay where they are
    PageValues& operator=(PageValues&&) = delete;

    // Those of `slots`; what a page does not mention need not be escaped.
    PageValues(const PlainValues& plain, SlotSet slots);

    // The same values once more, to be changed: `page` has to outlive them.
    explicit PageValues(const PageValues& page) : values_(page.values_) {}

    // Plain text; escaped here, since a page has most values several times.
    void set(Slot slot, std::string_view text);

    std::string_view operator[](Slot slot) const { return values_[static_cast<std::size_t>(slot)]; }

  private:
    std::array<std::string_view, slotCount> values_;
    std::forward_list<std::string> copies_;
};

// `text` for HTML text and attributes.
std::string escapeHtml(std::string_view text);

class Template {
  public:
    // The values of each account of a link that asks for several: what is in {{#accounts}} is
    // rendered with each of them in turn, all else with `values`.
    using Accounts = std::span<const PageValues>;

    // Bytes that render() reads behind its texts, and may write behind the page.
    static constexpr std::size_t surplus = 32;

    // What the page says anything of, or asks for.
    SlotSet mentions() const { return mentions_; }

    bool mentions(Slot slot) const { return mentions_[static_cast<std::size_t>(slot)]; }

    // How much memory render() needs.
    std::size_t bound(const PageValues& values, Accounts accounts = {}) const;

    // The text that the page begins with, whatever the values are; of templates that begin alike
    // it is the same memory.
    std::string_view head() const { return head_; }

    // The page, in `memory`, which has bound() bytes and begins with head().
    std::string_view render(const PageValues& values, char* memory, Accounts accounts = {}) const;

  private:
    friend class TemplateCompiler;
    friend class TemplateFiller;
    class Turn;

    // What is between `each` and `next` is for each account; `each` leads to the segment behind
    // `next`, and `next` to the one behind `each`.
    enum class Kind : std::uint8_t { nothing, value, skipIfEmpty, skipIfSet, each, next };

    struct Segment {
        std::uint32_t text = 0, size = 0; // where it begins in `texts_`
        std::uint32_t at = 0;             // but of values: the segment to go on with
        Kind behind = Kind::nothing;
        Slot slot = Slot::count;
    };

    // How much there is of text, and how often each value is used.
    struct Sizes {
        std::size_t text = 0;
        std::vector<std::pair<Slot, std::uint32_t>> uses;

        std::size_t use(Slot slot); // once more; answers how often by now
        std::size_t with(const PageValues& values) const;
    };

    std::string_view head_; // stands before the first segment
    std::string texts_;     // of the segments, one after the other
    std::vector<Segment> segments_;
    SlotSet mentions_;
    Sizes page_, account_; // outside {{#accounts}}, and inside
};

} // namespace grantlink
