// A page in one language, compiled when nginx starts from a small subset of Mustache
// (docs/templates.md, template_compiler.hpp).
//
// A compiled template is a flat list of segments. Rendering walks it once, writes values and short
// texts into memory of the caller's, and hands long texts (the style sheet) out as they are, so
// that they need not be copied. It allocates nothing. Thread-safety: immutable once compiled.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
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
    count
};

class PageValues {
  public:
    std::string_view& operator[](Slot slot) { return values_[static_cast<std::size_t>(slot)]; }

    std::string_view operator[](Slot slot) const { return values_[static_cast<std::size_t>(slot)]; }

  private:
    std::array<std::string_view, static_cast<std::size_t>(Slot::count)> values_;
};

// Writes `text` for HTML text and attributes, at most six bytes for each of its own; the new end.
char* escapeHtml(std::string_view text, char* out);

class Template {
  public:
    // How many bytes render() composes at most.
    std::size_t bound(const PageValues& values) const;

    // Calls `piece(std::string_view)` for each part of the page in order. A part lies in `memory`,
    // which has bound() bytes, or lives as long as the template.
    template <typename Piece>
    void render(const PageValues& values, char* memory, Piece piece) const;

  private:
    friend class TemplateCompiler;

    enum class Kind : std::uint8_t { text, block, value, skipIfEmpty, skipIfSet };

    struct Segment {
        Kind kind;
        Slot slot = Slot::count;
        std::uint32_t at = 0;        // text: where in text_; a skip: the segment to go on with
        std::uint32_t length = 0;    // of a text or block
        const char* block = nullptr; // outlives the template
    };

    std::vector<Segment> segments_;
    std::string text_; // of all short texts
    std::array<std::uint16_t, static_cast<std::size_t>(Slot::count)> uses_{};
};

template <typename Piece>
void Template::render(const PageValues& values, char* memory, Piece piece) const {
    char* begin = memory;
    char* end = memory;
    const auto flush = [&] {
        if (begin != end)
            piece(std::string_view(begin, end));
        begin = end;
    };
    for (std::size_t i = 0; i < segments_.size();) {
        const Segment& segment = segments_[i++];
        switch (segment.kind) {
        case Kind::text:
            end = std::copy_n(text_.data() + segment.at, segment.length, end);
            break;
        case Kind::block:
            flush();
            piece(std::string_view(segment.block, segment.length));
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
    flush();
}

} // namespace grantlink
