// Forms and query strings: what is written is read back, and hostile input stays data.
#include "daemon/net/http_client.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/net/url.hpp"
#include "t/unit/cmocka.hpp"

#include <string>
#include <string_view>

using namespace grantlink;
using test::assertEqual;

namespace {

void expectFields(std::string_view encoded, const Headers& expected) {
    const auto fields = parseForm(encoded);
    assert_int_equal(fields.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        assertEqual(fields[i].first, expected[i].first);
        assertEqual(fields[i].second, expected[i].second);
    }
}

void unreservedCharactersStay(void**) {
    const std::string text = "ABCXYZabcxyz0189-._~";
    assertEqual(percentEncode(text), text);
}

void everyOtherByteIsEscapedInUpperCase(void**) {
    assertEqual(percentEncode(" +/?#&=%\"<>"), "%20%2B%2F%3F%23%26%3D%25%22%3C%3E");
    assertEqual(percentEncode("ü\xff"), "%C3%BC%FF");
    assertEqual(percentEncode(std::string("\0\r\n", 3)), "%00%0D%0A");
    assertEqual(percentEncode(""), "");
}

void fieldsAreJoinedInOrder(void**) {
    assertEqual(formEncode({}), "");
    assertEqual(formEncode({{"a", ""}}), "a=");
    assertEqual(formEncode({{"b", "1 2"}, {"a", "x&y=z"}, {"b", "3"}}), "b=1%202&a=x%26y%3Dz&b=3");
}

void fieldsAreSplitInOrder(void**) {
    expectFields("code=abc&state=xyz", {{"code", "abc"}, {"state", "xyz"}});
    expectFields("a=1&a=2", {{"a", "1"}, {"a", "2"}});
    expectFields("a=b=c", {{"a", "b=c"}});
}

void emptyPartsAreLeftOut(void**) {
    expectFields("", {});
    expectFields("&", {});
    expectFields("&&a=1&&b=2&", {{"a", "1"}, {"b", "2"}});
}

void namesAndValuesMayBeEmpty(void**) {
    expectFields("a", {{"a", ""}});
    expectFields("a=", {{"a", ""}});
    expectFields("=1", {{"", "1"}});
    expectFields("=", {{"", ""}});
}

void plusAndEscapesAreDecoded(void**) {
    expectFields("error_description=The+user+denied%20it",
                 {{"error_description", "The user denied it"}});
    expectFields("%61%3D=%c3%BC%2B", {{"a=", "ü+"}});
}

void brokenEscapesStandForThemselves(void**) {
    expectFields("a=%", {{"a", "%"}});
    expectFields("a=%4", {{"a", "%4"}});
    expectFields("a=%4&b=%zz%4g", {{"a", "%4"}, {"b", "%zz%4g"}});
    expectFields("a=%%41", {{"a", "%A"}});
    // Not "A": a decoder that trusts its digits would read a sign or a blank as one.
    expectFields("a=%+1%-1", {{"a", "% 1%-1"}});
}

void nulBytesDoNotEndAValue(void**) {
    const auto fields = parseForm("a=x%00y");
    assert_int_equal(fields.size(), 1);
    assert_true(fields[0].second == std::string_view("x\0y", 3));
}

void everyByteSurvivesARoundTrip(void**) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    const auto fields = parseForm(formEncode({{all, all}, {"", all}}));
    assert_int_equal(fields.size(), 2);
    assert_true(fields[0].first == all && fields[0].second == all);
    assert_true(fields[1].first.empty() && fields[1].second == all);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(unreservedCharactersStay),
        cmocka_unit_test(everyOtherByteIsEscapedInUpperCase),
        cmocka_unit_test(fieldsAreJoinedInOrder),
        cmocka_unit_test(fieldsAreSplitInOrder),
        cmocka_unit_test(emptyPartsAreLeftOut),
        cmocka_unit_test(namesAndValuesMayBeEmpty),
        cmocka_unit_test(plusAndEscapesAreDecoded),
        cmocka_unit_test(brokenEscapesStandForThemselves),
        cmocka_unit_test(nulBytesDoNotEndAValue),
        cmocka_unit_test(everyByteSurvivesARoundTrip),
    };
    return cmocka_run_group_tests_name("form", tests, nullptr, nullptr);
}
