// base64url: published vectors (RFC 4648, section 10) and one accepted spelling a value.
#include "shared/base64url.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

void publishedVectors(void**) {
    assertEqual(base64url(bytesOf("")), "");
    assertEqual(base64url(bytesOf("f")), "Zg");
    assertEqual(base64url(bytesOf("fo")), "Zm8");
    assertEqual(base64url(bytesOf("foo")), "Zm9v");
    assertEqual(base64url(bytesOf("foobar")), "Zm9vYmFy");
    const std::uint8_t high[] = {0xfb, 0xff, 0xfe};
    assertEqual(base64url(high), "-__-");
}

void everyLengthComesBack(void**) {
    std::string text;
    for (int i = 0; i < 70; ++i) {
        const auto back = base64urlDecode(base64url(bytesOf(text)));
        assert_true(back.has_value());
        assertEqual(textOf(*back), text);
        text += static_cast<char>(i * 37);
    }
}

void otherSpellingsAreRefused(void**) {
    for (const char* text : {"Zg==", "Zh", "Zm9", "Z", "Zm+v", "Zm/v", "Zm9v\n", " Zm9v"})
        assert_false(base64urlDecode(text).has_value());
    std::uint8_t three[3];
    assert_true(base64urlDecode("Zm9v", three));
    assert_false(base64urlDecode("Zm9vYg", three));
    assert_false(base64urlDecode("Zm8", three));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(publishedVectors),
                                cmocka_unit_test(everyLengthComesBack),
                                cmocka_unit_test(otherSpellingsAreRefused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
