// A language of the pages: its texts and how it writes a date, from a file strings/TAG.toml
// (docs/templates.md).
//
// Errors: a message with file, line and remedy. Thread-safety: immutable once read.
#pragma once

#include "shared/uuid.hpp"

#include <boost/system/result.hpp>

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace grantlink {

// One text, and where it stands, for messages.
struct LanguageText {
    std::string text;
    std::string file; // "strings/de.toml"
    std::size_t line = 1;
};

// A byte of Language::date in whose place that part of a date is written.
enum class DatePart : char { day = 1, month, monthNumber, year };

struct Language {
    std::string tag;  // BCP 47, as in the file's name
    std::string name; // as its own speakers call it
    bool rightToLeft = false;
    std::string date; // with a DatePart for each {day}, {month}, {month_number} and {year}
    std::array<std::string, 12> months;
    std::map<std::string, LanguageText, std::less<>> texts;

    const LanguageText* text(std::string_view key) const;

    // The day in UTC, because the reader's zone is not known here. At most dateLength bytes.
    static constexpr std::size_t dateLength = 96;
    std::string_view formatDate(TimeMs time, std::array<char, dateLength>& memory) const;
};

// Dates that were written lately: links that were made on one day expire on one day. Not
// thread-safe.
class RecentDates {
  public:
    // As formatDate(); valid until the next call. `language` is an index into `languages`.
    std::string_view date(TimeMs time, std::size_t language, std::span<const Language> languages);

  private:
    struct Written {
        TimeMs day = ~TimeMs{0}; // since 1970
        std::size_t language = 0;
        std::size_t size = 0;
        std::array<char, Language::dateLength> memory;
    };

    // Each has a place by day and language, so that neither days in a row nor languages of one day
    // share one.
    std::array<Written, 32> written_;
};

struct LanguageError {
    std::string message;
};

// Reads `toml` into `out`, over whatever is there already: an operator's file changes single texts
// of a shipped language. `file` is its name for messages.
boost::system::result<void, LanguageError> readLanguage(std::string_view toml,
                                                        std::string_view file, Language& out);

// What a new language lacks before it can be used, or nothing.
std::string missingIn(const Language& language);

} // namespace grantlink
