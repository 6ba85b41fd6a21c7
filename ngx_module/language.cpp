#include "ngx_module/language.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <chrono>

namespace grantlink {

namespace {

constexpr std::size_t longestPart = 32; // of a date: a month's name, or the text around it

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
        const auto lacks = [&](const char* part) { return value.find(part) == std::string::npos; };
        if (value.size() > longestPart * 2 || lacks("{day}") || lacks("{year}") ||
            (lacks("{month}") && lacks("{month_number}")))
            fail(node.source(), "date needs {day}, {year} and {month} or {month_number}, and has "
                                "at most 64 bytes");
        return value;
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

// Copies as much as fits.
void append(std::string_view text, char*& out, const char* end) {
    const std::size_t room = std::min<std::size_t>(text.size(), end - out);
    out = std::copy_n(text.data(), room, out);
}

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
    char* out = memory.data();
    const char* const end = out + memory.size();
    for (std::string_view rest = date; !rest.empty();) {
        const std::size_t open = std::min(rest.find('{'), rest.size());
        append(rest.substr(0, open), out, end);
        rest.remove_prefix(open);
        if (rest.empty())
            break;
        const std::string_view name = rest.substr(0, std::min(rest.find('}'), rest.size() - 1) + 1);
        if (name == "{day}")
            append(std::to_string(unsigned{day.day()}), out, end);
        else if (name == "{month}")
            append(months[unsigned{day.month()} - 1], out, end);
        else if (name == "{month_number}")
            append(std::to_string(unsigned{day.month()}), out, end);
        else if (name == "{year}")
            append(std::to_string(int{day.year()}), out, end);
        else
            append(name, out, end);
        rest.remove_prefix(name.size());
    }
    return {memory.data(), out};
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
