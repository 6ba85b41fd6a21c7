// Languages: reading a file of texts, its errors, dates, and which language a request gets.
#include "ngx_module/language.hpp"
#include "ngx_module/negotiation.hpp"
#include "ngx_module/query_value.hpp"

#include "t/unit/cmocka.hpp"

#include <vector>

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr std::string_view complete = R"(
name = "Deutsch"
direction = "ltr"
date = "{day}. {month} {year}"
months = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember"]

[strings]
one = "eins"
two = "zwei"
)";

void aFileIsRead(void**) {
    Language language;
    assert_true(readLanguage(complete, "strings/de.toml", language).has_value());
    assertEqual(missingIn(language), "");
    assertEqual(language.name, "Deutsch");
    assertEqual(language.text("two")->text, "zwei");
    assert_int_equal(language.text("two")->line, 10);
    assert_null(language.text("three"));
    // An operator's file changes what it has, and nothing else.
    assert_true(readLanguage("[strings]\ntwo = \"zwo\"", "own", language).has_value());
    assertEqual(language.text("one")->text, "eins");
    assertEqual(language.text("two")->text, "zwo");
}

void mistakesAreNamed(void**) {
    const std::pair<const char*, const char*> cases[] = {
        {"name = 1", "x:1: \"name\" must be a text"},
        {"\ndirection = \"up\"", "x:2: direction is \"ltr\" or \"rtl\""},
        {"months = [\"a\"]", "x:1: months are twelve texts"},
        {"date = \"{day}\"", "x:1: date needs {day}, {year}"},
        {"date = \"\\u0001{day}\"", "x:1: date has no control characters"},
        {"titel = \"x\"", "x:1: unknown key \"titel\""},
        {"strings = 1", "x:1: \"strings\" is a table"},
        {"[strings]\n\na = 1", "x:3: \"a\" must be a text"},
        {"name = ", "x:1: "},
    };
    for (const auto& [text, expected] : cases) {
        Language language;
        const auto read = readLanguage(text, "x", language);
        assert_false(read.has_value());
        assertEqual(read.error().message.substr(0, std::string(expected).size()), expected);
    }
    assert_false(missingIn(Language()).empty());
}

void datesAreWritten(void**) {
    Language language;
    assert_true(readLanguage(complete, "x", language).has_value());
    std::array<char, Language::dateLength> memory;
    assertEqual(language.formatDate(1'772'366'400'000, memory), "1. März 2026");
    assert_true(readLanguage("date = \"{year}年{month_number}月{day}日 {else\"", "x", language)
                    .has_value());
    assertEqual(language.formatDate(0, memory), "1970年1月1日 {else");
    language.months.fill(std::string(32, 'm'));
    language.date = "{day}" + std::string(5, static_cast<char>(DatePart::month));
    assert_int_equal(language.formatDate(0, memory).size(), Language::dateLength); // cut
}

// Days and languages that share a place do not get each other's date.
void datesAreRemembered(void**) {
    constexpr TimeMs day = 86'400'000, first = 1'772'366'400'000;
    std::vector<Language> languages(2);
    assert_true(readLanguage(complete, "x", languages[0]).has_value());
    assert_true(readLanguage(complete, "x", languages[1]).has_value());
    languages[1].date = languages[0].date + "!";
    RecentDates dates;
    std::array<char, Language::dateLength> memory;
    for (int turn = 0; turn < 2; ++turn)
        for (TimeMs time = first; time < first + 100 * day; time += day / 2)
            for (std::size_t i = 0; i < languages.size(); ++i)
                for (const TimeMs at : {time, time + day / 2 - 1})
                    assertEqual(dates.date(at, i, languages), languages[i].formatDate(at, memory));
    assertEqual(dates.date(~TimeMs{0}, 0, languages), languages[0].formatDate(~TimeMs{0}, memory));
    assertEqual(dates.date(0, 0, languages), "1. Januar 1970");
}

std::vector<Language> some() {
    std::vector<Language> out;
    for (const char* tag : {"ar", "de", "en", "pt", "zh-Hant"})
        out.emplace_back().tag = tag;
    return out;
}

std::string accepted(std::string_view header) {
    const auto languages = some();
    const auto found = languageAccepted(header, languages);
    return found ? languages[*found].tag : "";
}

// Whatever is remembered, the answer is that of languageAccepted().
void theLastHeaderIsRemembered(void**) {
    const auto languages = some();
    LastAccepted last;
    const std::string padding(300, ' ');
    for (const std::string& header :
         {std::string("de"), std::string("de"), std::string("xx"), std::string(), std::string("ar"),
          padding + "de", padding + "ar", std::string("en;q=0.5,pt"), std::string("en;q=0.5")})
        assert_true(last.languageAccepted(header, languages) ==
                    languageAccepted(header, languages));
}

void theBrowserPrefers(void**) {
    const std::pair<const char*, const char*> cases[] = {
        {"de", "de"},
        {"de-CH,de;q=0.9,en;q=0.8", "de"},
        {"fr, en;q=0.4, ar;q=0.5", "ar"},
        {"en;q=0.5,pt-BR;q=0.5", "en"},
        {"EN", "en"},
        {"zh-hant-TW", "zh-Hant"},
        {"zh", ""},
        {"*", ""},
        {"de;q=0, en", "en"},
        {"de;q=0", ""},
        {"de;q=2, en;q=0.1", "en"},
        {"de;q=x,en;q=0.001", "en"},
        {"de;q=0.12345,en;q=0.001", "en"},
        {"", ""},
        {",,;;,=", ""},
        {"d\xc3\xa9, en", "en"},
    };
    for (const auto& [header, expected] : cases)
        assertEqual(accepted(header), expected);
    assertEqual(accepted(std::string(1000, ' ') + "de"), ""); // beyond what is looked at
}

void theQueryAsks(void**) {
    assertEqual(queryValue("lang=de", "lang"), "de");
    assertEqual(queryValue("problem=x&lang=pt-BR&lang=de", "lang"), "pt-BR");
    assertEqual(queryValue("slang=de&lan=de&lang", "lang"), "");
    assertEqual(queryValue("&&account=&lang=de", "account"), "");
    assertEqual(queryValue("", "lang"), "");
    assert_false(languageNamed("../../etc", some()).has_value());
    assert_false(languageNamed("", some()).has_value());
    assert_false(languageNamed(std::string(36, 'a'), some()).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(aFileIsRead),
                                cmocka_unit_test(mistakesAreNamed),
                                cmocka_unit_test(datesAreWritten),
                                cmocka_unit_test(datesAreRemembered),
                                cmocka_unit_test(theLastHeaderIsRemembered),
                                cmocka_unit_test(theBrowserPrefers),
                                cmocka_unit_test(theQueryAsks)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
