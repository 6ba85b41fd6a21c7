#include "ngx_module/language.hpp"

#define TOML_EXCEPTIONS 0
#include <boost/algorithm/string/replace.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <span>

namespace grantlink {

namespace {

constexpr std::size_t longestPart = 32; // of a date: a month's name, or the text around it

std::string withDateParts(std::string text) {
    constexpr std::pair<std::string_view, DatePart> parts[] = {
        {"{day}", DatePart::day},
        {"{month}", DatePart::month},
        {"{month_number}", DatePart::monthNumber},
        {"{year}", DatePart::year},
    };
    for (const auto& [name, part] : parts)
        boost::replace_all(text, name, std::string(1, static_cast<char>(part)));
    return text;
}

// Reads one file; the first thing that is wrong is thrown as a LanguageError and caught below.
class Reader {
  public:
    Reader(std::string_view file, Language& out) : file_(file), out_(out) {}

    void read(const toml::table& table) {
        for (const auto& [key, node] : table) {
            if (key == "name")
                out_.name = text(key, node);
            else if (key == "direction")
                out_.rightToLeft = direction(node);
            else if (key == "date")
                out_.date = date(node);
            else if (key == "months")
                months(node);
            else if (key == "strings")
                strings(node);
            else
                fail(key.source(), "unknown key \"" + std::string(key.str()) +
                                       "\"; known are name, direction, date, months and [strings]");
        }
    }

    [[noreturn]] void fail(const toml::source_region& where, const std::string& what) const {
        throw LanguageError{std::string(file_) + ":" + std::to_string(where.begin.line) + ": " +
                            what};
    }

  private:
    std::string text(std::string_view key, const toml::node& node) const {
        const auto* value = node.as_string();
        if (!value || value->get().empty())
            fail(node.source(), "\"" + std::string(key) + "\" must be a text");
        return value->get();
    }

    bool direction(const toml::node& node) const {
        const std::string value = text("direction", node);
        if (value != "ltr" && value != "rtl")
            fail(node.source(), "direction is \"ltr\" or \"rtl\"");
        return value == "rtl";
    }

    std::string date(const toml::node& node) const {
        const std::string value = text("date", node);
        if (std::ranges::any_of(value, [](unsigned char c) { return c < ' '; }))
            fail(node.source(), "date has no control characters");
        std::string out = withDateParts(value);
        const auto lacks = [&](DatePart part) {
            return out.find(static_cast<char>(part)) == std::string::npos;
        };
        if (value.size() > longestPart * 2 || lacks(DatePart::day) || lacks(DatePart::year) ||
            (lacks(DatePart::month) && lacks(DatePart::monthNumber)))
            fail(node.source(), "date needs {day}, {year} and {month} or {month_number}, and has "
                                "at most 64 bytes");
        return out;
    }

    void months(const toml::node& node) {
        const auto* array = node.as_array();
        if (!array || array->size() != out_.months.size())
            fail(node.source(), "months are twelve texts");
        for (std::size_t i = 0; i < out_.months.size(); ++i) {
            out_.months[i] = text("months", *array->get(i));
            if (out_.months[i].size() > longestPart)
                fail(node.source(), "a month has at most 32 bytes");
        }
    }

    void strings(const toml::node& node) {
        const auto* table = node.as_table();
        if (!table)
            fail(node.source(), "\"strings\" is a table: write [strings]");
        for (const auto& [key, value] : *table)
            out_.texts[std::string(key.str())] = {text(key.str(), value), std::string(file_),
                                                  value.source().begin.line};
    }

    std::string_view file_;
    Language& out_;
};

// Written as far as it fits.
class DateText {
  public:
    explicit DateText(std::span<char> memory) : memory_(memory) {}

    void add(std::string_view text) {
        const std::size_t room = std::min(text.size(), memory_.size() - size_);
        std::copy_n(text.data(), room, memory_.data() + size_);
        size_ += room;
    }

    void add(unsigned number) {
        std::array<char, 10> digits;
        const char* const end = std::to_chars(digits.begin(), digits.end(), number).ptr;
        add({digits.begin(), end});
    }

    std::string_view text() const { return {memory_.data(), size_}; }

  private:
    std::span<char> memory_;
    std::size_t size_ = 0;
};

} // namespace

const LanguageText* Language::text(std::string_view key) const {
    const auto found = texts.find(key);
    return found == texts.end() ? nullptr : &found->second;
}

std::string_view Language::formatDate(TimeMs time, std::array<char, dateLength>& memory) const {
    using namespace std::chrono;
    constexpr TimeMs lastYear = 253'402'300'799'999; // 9999
    const milliseconds since(std::min(time, lastYear));
    const year_month_day day(floor<days>(sys_time<milliseconds>(since)));
    DateText out(memory);
    for (const char& c : date) {
        switch (static_cast<DatePart>(c)) {
        case DatePart::day:
            out.add(unsigned{day.day()});
            break;
        case DatePart::month:
            out.add(months[unsigned{day.month()} - 1]);
            break;
        case DatePart::monthNumber:
            out.add(unsigned{day.month()});
            break;
        case DatePart::year:
            out.add(static_cast<unsigned>(int{day.year()}));
            break;
        default:
            out.add({&c, 1});
        }
    }
    return out.text();
}

std::string_view RecentDates::date(TimeMs time, std::size_t language,
                                   std::span<const Language> languages) {
    constexpr TimeMs msADay = 86'400'000;
    const TimeMs day = time / msADay;
    Written& date = written_[(day + language * 5) % written_.size()];
    if (date.day != day || date.language != language) {
        date.size = languages[language].formatDate(time, date.memory).size();
        date.day = day;
        date.language = language;
    }
    return {date.memory.data(), date.size};
}

boost::system::result<void, LanguageError> readLanguage(std::string_view toml,
                                                        std::string_view file, Language& out) {
    const toml::parse_result parsed = toml::parse(toml, file);
    if (!parsed)
        return LanguageError{std::string(file) + ":" +
                             std::to_string(parsed.error().source().begin.line) + ": " +
                             std::string(parsed.error().description())};
    try {
        Reader(file, out).read(parsed.table());
    } catch (const LanguageError& error) {
        return error;
    }
    return {};
}

std::string missingIn(const Language& language) {
    if (language.name.empty())
        return "name = \"…\", the language's own name";
    if (language.date.empty())
        return "date = \"{day} {month} {year}\"";
    if (language.months[0].empty())
        return "months = [ twelve texts ]";
    return {};
}

} // namespace grantlink
