// Times, Link headers, and what is shown of requests.
#include "daemon/collect/link_header.hpp"
#include "daemon/collect/timestamp.hpp"
#include "daemon/oauth/request_traces.hpp"
#include "daemon/oauth/shown.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

void timesAreRead(void**) {
    constexpr TimeMs expected = 1'795'780'800'000; // 2026-11-27T12:00:00Z
    const auto expect = [](const char* text, TimeMs time) {
        const auto read = parseTimestamp(text);
        assert_true(read.has_value());
        assert_int_equal(*read, time);
    };
    for (const char* text :
         {"2026-11-27T12:00:00Z", "2026-11-27T12:00:00+0000", "2026-11-27T12:00:00.000Z",
          "2026-11-27T13:30:00+01:30", "2026-11-27T04:00:00-08", "2026-11-27 12:00:00 GMT",
          "1795780800000", "1795780800", "1795780800.0", "Fri, 27 Nov 2026 12:00:00 GMT",
          "Fri Nov 27 12:00:00 +0000 2026"})
        expect(text, expected);
    for (const char* text : {"", "yesterday", "-5", "1e300", "nan", "2026-11-27T12:00:00+1"})
        assert_false(parseTimestamp(text).has_value());
}

void theNextPageIsFound(void**) {
    assertEqual(nextInLinkHeader("<https://a.example/2>; rel=\"next\""), "https://a.example/2");
    assertEqual(nextInLinkHeader("<https://a.example/0>; rel=\"prev\", </2?a=1,2>; rel=next"),
                "/2?a=1,2");
    assertEqual(nextInLinkHeader("<x>; title=\"a, b; c\"; REL=\"last next\""), "x");
    for (const char* text : {"", "<", "<x", "next", "<x>; rel=\"nextly\"", "<x>, rel=next",
                             ";;,,<>;", "<x>; rel=\"next"})
        assertEqual(nextInLinkHeader(text), std::string_view(text).ends_with("\"next") ? "x" : "");
}

void secretsAreHidden(void**) {
    const Headers secrets{{"client_secret", "s3cr&t\"x"}, {"access_token", "abc"}};
    assertEqual(hide("a=s3cr%26t%22x&t=abc", secrets), "a={client_secret}&t={access_token}");
    assertEqual(hide("{\"a\":\"s3cr&t\\\"x\"}", secrets), "{\"a\":\"{client_secret}\"}");
    const std::string token = "EAAG5zZC8ZB0BAabcdefghij0123456789";
    assertEqual(hideWords("bad token " + token + ".", {}), "bad token (35 characters)");
    assertEqual(hideWords("status 17841400000000001 of 0193a1b2-0000-7000-8000-000000000000", {}),
                "status 17841400000000001 of 0193a1b2-0000-7000-8000-000000000000");
}

void answersAreShownWithoutSecrets(void**) {
    const Json answer = Json::parse(
        R"({"access_token":"abcdefgh","token_type":"bearer","expires_in":3600,"odd":["x1y2z3x1y2z3x1y2z3x1y2z3"],
            "user":{"id":"17841400000000001","avatar":"https://cdn.example/a.jpg?sig=abc"},"error":"invalid_grant"})");
    const Json shown = hideIn(answer, {{"access_token", "other"}});
    assertEqual(shown["access_token"].str(), "(8 characters)");
    assertEqual(shown["token_type"].str(), "bearer");
    assert_int_equal(shown["expires_in"].integer(), 3600);
    assertEqual(shown["odd"].at(0).str(), "(24 characters)");
    assertEqual(shown["user"]["id"].str(), "17841400000000001");
    assertEqual(shown["user"]["avatar"].str(), "https://cdn.example/a.jpg?…");
    assertEqual(shown["error"].str(), "invalid_grant");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(timesAreRead), cmocka_unit_test(theNextPageIsFound),
        cmocka_unit_test(secretsAreHidden), cmocka_unit_test(answersAreShownWithoutSecrets)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
