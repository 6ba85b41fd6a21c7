// Pages: a small, fixed subset of Mustache, compiled once when nginx reads its configuration.
//
//   {{name}}                a value, HTML-escaped; there is no unescaped form
//   {{#name}} … {{/name}}   only when the value is not empty
//   {{^name}} … {{/name}}   only when it is
//   {{> file}}              another template, put in as it is
//   {{! … }}                a comment
//
// A compiled template is a flat list of segments; rendering walks it twice, to measure and to copy,
// and allocates nothing. Values are views, valid until render() returns.
// Errors: compile() answers file, line and remedy. Thread-safety: immutable once compiled.
#pragma once

#include <boost/system/result.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

// The names a template may use.
enum class Slot : std::uint8_t { requester, account, provider, approver, detail, expires, count };

class PageValues {
  public:
    std::string_view& operator[](Slot slot) { return values_[static_cast<std::size_t>(slot)]; }

    std::string_view operator[](Slot slot) const { return values_[static_cast<std::size_t>(slot)]; }

  private:
    std::array<std::string_view, static_cast<std::size_t>(Slot::count)> values_;
};

struct TemplateError {
    std::string message; // "ready.html:12: …"
};

// The text of a template by its file name; it must outlive what is compiled from it.
using TemplateSource = std::function<std::optional<std::string_view>(std::string_view name)>;

class Template {
  public:
    static boost::system::result<Template, TemplateError> compile(std::string_view name,
                                                                  const TemplateSource& source);

    std::size_t size(const PageValues& values) const;        // bytes that render() writes
    char* render(const PageValues& values, char* out) const; // the end of what was written

  private:
    friend class TemplateCompiler;

    enum class Kind : std::uint8_t { text, value, skipIfEmpty, skipIfSet };

    struct Segment {
        Kind kind;
        Slot slot = Slot::count;
        std::uint32_t skipTo = 0; // the segment behind the section
        std::string_view text;
    };

    template <typename Visit>
    void walk(const PageValues& values, Visit visit) const;

    std::vector<Segment> segments_;
};

} // namespace grantlink
