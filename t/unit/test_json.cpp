// JSON from providers: nothing is lost, nothing is guessed, and nothing throws on odd input.
#include "daemon/json/json.hpp"
#include "t/unit/cmocka.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr std::int64_t bigId = 17841400000000001; // beyond 2^53, and odd: no double holds it

void accountIdsKeepAllTheirDigits(void**) {
    const Json json = Json::parse(R"({"user_id":17841400000000001})");
    assert_true(json["user_id"].isInteger());
    assert_true(json["user_id"].integer() == bigId);
    assertEqual(json["user_id"].text(), "17841400000000001");
    assertEqual(json.dump(), R"({"user_id":17841400000000001})");
}

void theLimitsOfIntegersAreKnown(void**) {
    const auto high = std::numeric_limits<std::int64_t>::max();
    const auto low = std::numeric_limits<std::int64_t>::min();
    assert_true(Json::parse("9223372036854775807").integer() == high);
    assert_true(Json::parse("-9223372036854775808").integer() == low);
    assert_true(Json::parse("9223372036854775808").isNull()); // refused rather than rounded
    assert_false(Json::parse("1.0").isInteger());
    assert_int_equal(Json::parse("1e3").integer(7), 7);
}

void pointersFindWhatTheyName(void**) {
    const Json json = Json::parse(
        R"({"data":[{"access_token":"t","user_id":1}],"":"empty","a/b":1,"m~n":2,"~1":3})");
    assertEqual(json.pointer("/data/0/access_token").str(), "t");
    assert_int_equal(json.pointer("/data/0/user_id").integer(), 1);
    assert_true(json.pointer("").isObject());
    assertEqual(json.pointer("/").str(), "empty");
    assert_int_equal(json.pointer("/a~1b").integer(), 1);
    assert_int_equal(json.pointer("/m~0n").integer(), 2);
    assert_int_equal(json.pointer("/~01").integer(), 3); // RFC 6901, section 4: ~1 first
}

void pointersToNothingAreNull(void**) {
    const Json json = Json::parse(R"({"data":[{"a":1}],"text":"x","0":"zero"})");
    for (const char* path :
         {"/data/1", "/data/-1", "/data/-", "/data/", "/data/a", "/data/99999999999999999999",
          "/text/0", "/text/a", "/none", "/none/none", "data", "#/data", "/data/0/a/b"})
        assert_true(json.pointer(path).isNull());
    assert_true(Json().pointer("/a").isNull());
    assertEqual(json.pointer("/0").str(), "zero"); // a digit is a name too, in an object
}

void repeatedKeysAreRefused(void**) {
    std::string error;
    assert_true(Json::parse(R"({"user_id":1,"user_id":2})", &error).isNull());
    assert_false(error.empty());
    assert_true(Json::parse(R"({"a":{"b":1,"b":1}})").isNull());
    assert_int_equal(Json::parse(R"({"a":{"b":1},"b":1})").size(), 2);
}

void whatIsNotJsonIsNull(void**) {
    for (const char* text : {"", " ", "{", "[1,]", "{\"a\":}", "nul", "'a'", "<html></html>",
                             "{} {}", "{}x", "01", "+1", "[1}", "\"\n\""})
        assert_true(Json::parse(text).isNull());
}

void nestingHasALimit(void**) {
    const std::string deep(100000, '[');
    assert_true(Json::parse(deep + std::string(100000, ']')).isNull());
}

void invalidUtf8IsRefusedInInput(void**) {
    for (const char* text : {"\"\xff\"", "\"\xc3\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
                             "\"\xf4\x90\x80\x80\"", "\"\\ud800\""})
        assert_true(Json::parse(text).isNull());
    assertEqual(Json::parse("\"Zo\xc3\xab\"").str(), "Zo\xc3\xab");
    assertEqual(Json::parse(R"("\ud83d\ude00")").str(), "\xf0\x9f\x98\x80");
}

void invalidUtf8IsReplacedInOutput(void**) {
    assertEqual(Json(std::string("a\xff"
                                 "b"))
                    .str(),
                "a\xef\xbf\xbd"
                "b");
    assertEqual(Json(std::string("\xc0\xaf")).str(), "\xef\xbf\xbd\xef\xbf\xbd");
    assertEqual(Json(std::string("\xe2\x82")).str(), "\xef\xbf\xbd\xef\xbf\xbd");
    assertEqual(Json(std::string("\xed\xa0\x80")).str(), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assertEqual(Json(std::string("Zo\xc3\xab \xf0\x9f\x98\x80")).str(),
                "Zo\xc3\xab \xf0\x9f\x98\x80");
}

void nulBytesStayInText(void**) {
    const std::string text("a\0b", 3);
    assert_true(Json(text).str() == text);
    assert_true(Json::parse(R"("a\u0000b")").str() == text);
    assertEqual(Json(text).dump(), R"("a\u0000b")");
}

void errorsNeverQuoteTheInput(void**) {
    std::string error;
    assert_true(Json::parse(R"({"access_token":"secret-token")", &error).isNull());
    assert_true(error.find("secret") == std::string::npos);
    assert_true(error.find("access_token") == std::string::npos);
    assert_true(error.find("line 1") != std::string::npos);
}

void otherTypesGiveTheDefault(void**) {
    const Json json = Json::parse(R"({"s":"1","i":2,"b":true,"n":null,"a":[],"o":{}})");
    assert_int_equal(json["s"].integer(9), 9);
    assertEqual(json["i"].str("none"), "none");
    assert_false(json["s"].boolean());
    assert_true(json["n"].boolean(true));
    assert_int_equal(json["b"].integer(9), 9);
    assertEqual(json["b"].text(), "");
    assertEqual(json["s"].text(), "1");
    assertEqual(json["i"].text(), "2");
    assert_true(json["n"].isNull() && json["missing"].isNull());
    assert_true(json["a"]["x"].isNull() && json["o"].at(0).isNull() && json["s"]["x"].isNull());
    assert_int_equal(json["s"].size(), 0);
    assert_true(json["s"].keys().empty());
}

void objectsKeepTheirOrder(void**) {
    Json list = Json::array();
    list.push(1).push("two").push(Json());
    Json json = Json::object();
    json.set("z", "last letter").set("a", list).set("n", Json()).set("id", bigId);
    assertEqual(json.dump(),
                R"({"z":"last letter","a":[1,"two",null],"n":null,"id":17841400000000001})");
    assertEqual(Json().dump(), "null");
    const auto keys = json.keys();
    assert_int_equal(keys.size(), 4);
    assertEqual(keys[0], "z");
    assertEqual(keys[3], "id");
}

void copiesShareAndMovesLeaveNull(void**) {
    Json json = Json::object();
    const Json same = json;
    json.set("a", 1);
    assert_int_equal(same["a"].integer(), 1);
    const Json moved = std::move(json);
    assert_int_equal(moved["a"].integer(), 1);
    Json again;
    again = moved;
    again = Json(true);
    assert_true(again.boolean());
    assert_int_equal(moved["a"].integer(), 1);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(accountIdsKeepAllTheirDigits),
        cmocka_unit_test(theLimitsOfIntegersAreKnown),
        cmocka_unit_test(pointersFindWhatTheyName),
        cmocka_unit_test(pointersToNothingAreNull),
        cmocka_unit_test(repeatedKeysAreRefused),
        cmocka_unit_test(whatIsNotJsonIsNull),
        cmocka_unit_test(nestingHasALimit),
        cmocka_unit_test(invalidUtf8IsRefusedInInput),
        cmocka_unit_test(invalidUtf8IsReplacedInOutput),
        cmocka_unit_test(nulBytesStayInText),
        cmocka_unit_test(errorsNeverQuoteTheInput),
        cmocka_unit_test(otherTypesGiveTheDefault),
        cmocka_unit_test(objectsKeepTheirOrder),
        cmocka_unit_test(copiesShareAndMovesLeaveNull),
    };
    return cmocka_run_group_tests_name("json", tests, nullptr, nullptr);
}
