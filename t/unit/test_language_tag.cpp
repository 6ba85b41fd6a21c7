// Which language tags are well-formed (RFC 5646, section 2.1; examples from its appendix A).
#include "shared/language_tag.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;

namespace {

void assertIs(bool expected, const char* tag) {
    if (isLanguageTag(tag) != expected)
        print_error("\"%s\" was %s\n", tag, expected ? "refused" : "taken");
    assert_int_equal(isLanguageTag(tag), expected);
}

void takesTags(void**) {
    for (const char* tag :
         {"de", "DE", "ast", "pt-BR", "zh-Hant", "zh-cmn-Hans-CN", "sr-Latn-RS", "sl-nedis",
          "de-CH-1901", "es-419", "hy-Latn-IT-arevela", "de-CH-x-phonebk", "az-Arab-x-AZE-derbend",
          "en-a-myext-b-another", "de-x-a", "en-US-u-islamcal"})
        assertIs(true, tag);
}

void refusesOthers(void**) {
    for (const char* tag : {"",
                            "d",
                            "-",
                            "de-",
                            "-de",
                            "de--CH",
                            "de_CH",
                            "de ",
                            " de",
                            "d3",
                            "419",
                            "de-\n",
                            "abcdefghi",
                            "de-abcdefghi",
                            "x-whatever",
                            "German",
                            "abcd",
                            "i-klingon",
                            "de-a",
                            "en-a-b-myext",
                            "en-x",
                            "dé",
                            "de,en",
                            "*",
                            "de-CH-1901-abcdefgh-abcdefgh-abcdefgh"})
        assertIs(false, tag);
    assert_false(isLanguageTag(std::string_view("de\0", 3)));
}

void isBounded(void**) {
    const std::string longest = "de-abcdefgh-abcdefgh-abcdefgh-12345";
    assert_int_equal(longest.size(), 35);
    assert_true(isLanguageTag(longest));
    assert_false(isLanguageTag(longest + "6"));
}

void lookUpsShortenThem(void**) {
    const std::pair<const char*, const char*> cases[] = {
        {"pt-BR", "pt"}, {"zh-Hant-TW", "zh-Hant"},    {"de", ""},
        {"", ""},        {"zh-Hant-x-one", "zh-Hant"}, {"en-a-bbb-x-a-ccc", "en-a-bbb"},
    };
    for (const auto& [tag, shorter] : cases)
        test::assertEqual(shorterLanguageTag(tag), shorter);
    assert_true(sameLanguageTag("pt-br", "pt-BR"));
    assert_false(sameLanguageTag("pt", "pt-BR"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(lookUpsShortenThem), cmocka_unit_test(takesTags),
                                cmocka_unit_test(refusesOthers), cmocka_unit_test(isBounded)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
