// The files of texts, strings/TAG.toml, which an operator may write anew.
#include "ngx_module/language.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

constexpr std::string_view file = "strings/xx.toml";

void errorIsClear(const LanguageError& error) {
    require(error.message.starts_with(std::string(file) + ":"), "an error begins with the file");
    require(error.message.size() > file.size() + 4, "an error says what is wrong");
}

void datesAreWritten(const Language& language, fuzz::Input in) {
    std::array<char, Language::dateLength> memory;
    const auto time = in.integer<std::uint64_t>();
    const std::string_view date = language.formatDate(time, memory);
    require(date.data() == memory.data() && date.size() <= memory.size(), "a date has its memory");
    require(language.date.find("{day}") != std::string::npos &&
                language.date.find("{year}") != std::string::npos &&
                (language.date.find("{month}") != std::string::npos ||
                 language.date.find("{month_number}") != std::string::npos),
            "a date has a day, a month and a year");
    for (const std::string& month : language.months)
        require(!month.empty() && month.size() <= 32, "a month has a name");
}

void textsAreKept(const Language& language, std::string_view toml) {
    const auto lines = 1 + static_cast<std::size_t>(std::count(toml.begin(), toml.end(), '\n'));
    for (const auto& [key, text] : language.texts) {
        require(!text.text.empty() && text.file == file, "a text knows its file");
        require(text.line >= 1 && text.line <= lines, "a text knows its line");
        require(language.text(key) == &text, "a text is found");
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view toml = textOf({data, size});
    Language language;
    const auto read = readLanguage(toml, file, language);
    if (!read) {
        errorIsClear(read.error());
        return 0;
    }
    textsAreKept(language, toml);
    if (missingIn(language).empty())
        datesAreWritten(language, {data, size});
    const std::size_t count = language.texts.size();
    require(readLanguage(toml, file, language) && language.texts.size() == count,
            "read over itself it is the same");
    return 0;
}
