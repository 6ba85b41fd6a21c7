// Words as people search for them.
#include "daemon/text/fold.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

void lettersLoseCapitalsAndMarks(void**) {
    assertEqual(foldedForSearch("@Zoë.UND.Söhne"), "@zoe.und.sohne");
    assertEqual(foldedForSearch("ŁÓDŹ Ÿ ÿ Āā Œ ž"), "lodz y y aa o z");
    assertEqual(foldedForSearch("Zoe\u0308"), "zoe"); // the mark by itself
    assertEqual(foldedForSearch("ÆÐÞ æðþ"), "æðþ æðþ");
}

void otherAlphabetsHaveSmallLetters(void**) {
    assertEqual(foldedForSearch("МОСКВА Ёж Ω Λόγος"), "москва ёж ω λόγος");
    assertEqual(foldedForSearch("東京 العربية 🥐"), "東京 العربية 🥐");
}

void whatIsNoLetterStays(void**) {
    assertEqual(foldedForSearch("× ÷ ß 1-2_3"), "× ÷ ß 1-2_3");
    assertEqual(foldedForSearch(""), "");
    for (const char* broken : {"\xc3", "a\xc3z", "\xff\xfe", "\xe2\x82", "\x80", "\xc0\x80"})
        assertEqual(foldedForSearch(broken), broken);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(lettersLoseCapitalsAndMarks),
                                cmocka_unit_test(otherAlphabetsHaveSmallLetters),
                                cmocka_unit_test(whatIsNoLetterStays)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
