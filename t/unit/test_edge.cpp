// The parts of the nginx module that need no nginx: routes, parameters, log redaction.
#include "ngx_module/callback_parameters.hpp"
#include "ngx_module/log_redaction.hpp"
#include "ngx_module/route.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr std::string_view token = "abcdefghijklmnopqrstuvwxyz-_0123";
constexpr std::string_view attempt = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

void routes(void**) {
    const std::string id(attempt);
    assert_true(parseApprovePath(token).route == Route::approve);
    assert_true(parseApprovePath("attempts/" + id).route == Route::status);
    assert_true(parseApprovePath("attempts/" + id + "/confirm").route == Route::confirm);
    assert_true(parseApprovePath("attempts/" + id + "/outcome").route == Route::outcome);
    for (std::string_view name : {"ready.js", "status.js", "brand-1f5f4a.css", "logo-0a.png"}) {
        const std::string rest = "assets/" + std::string(name);
        const RoutePath path = parseApprovePath(rest);
        assert_true(path.route == Route::asset);
        assertEqual(path.last, name);
    }
    const std::string others[] = {"",
                                  id,
                                  "attempts/",
                                  "assets/",
                                  "assets/other.js",
                                  "assets/logo-../x",
                                  "assets/" + std::string(token),
                                  "attempts/" + id + "/",
                                  "attempts/" + id + "x",
                                  "assets/logo-x.js",
                                  "assets/brand-status.js",
                                  std::string(token) + "/",
                                  std::string(token).substr(1)};
    for (const std::string& path : others)
        assert_true(parseApprovePath(path).route == Route::none);
    assertEqual(parseCallbackPath("my-provider_2.x").last, "my-provider_2.x");
    for (std::string_view path : {"", "a/b", "A", "a b", "..%2f"})
        assert_true(parseCallbackPath(path).route == Route::none);
}

void parametersAreDecoded(void**) {
    const auto got = parseCallbackParameters("code=a%2Bb+c&state=s&iss=https%3A%2F%2Fx&other=1&x");
    assert_true(got.has_value());
    assertEqual(got->codeText(), "a+b c");
    assertEqual(got->state, "s");
    assertEqual(got->iss, "https://x");
    assertEqual(got->error, "");
    assert_true(parseCallbackParameters("").has_value());
    assertEqual(parseCallbackParameters("%63ode=1")->codeText(), "1");
}

void hostileParametersAreRefused(void**) {
    const std::string tooLong = "code=" + std::string(2049, 'a');
    for (const std::string& query :
         {std::string("code=1&code=2"), std::string("state=1&state=1"), std::string("code=%00"),
          std::string("code=a%0ab"), std::string("code=%"), std::string("code=%4"),
          std::string("code=%zz"), std::string("code="), tooLong, "state=" + std::string(513, 'a'),
          std::string("%63ode=1&code=2")})
        assert_false(parseCallbackParameters(query).has_value());
    assert_true(parseCallbackParameters("code=" + std::string(2048, 'a')).has_value());
}

std::string redacted(std::string text) {
    const SecretPaths paths{{"/approve/"}, {"/callback/"}};
    redactText(text, paths);
    return text;
}

void logsLoseTheirSecrets(void**) {
    const std::string state(72, 'S');
    const std::string bad(std::string(token) + "%00");
    assertEqual(redacted("request: \"GET /approve/" + bad + " HTTP/1.1\", host"),
                "request: \"GET /approve/" + std::string(35, '*') + " HTTP/1.1\", host");
    assertEqual(redacted("\"/callback/x?code=1&state=2\""), "\"/callback/x?**************\"");
    assertEqual(redacted("GET /callback/x?state=2 &code=1 HTTP/1.1"),
                "GET /callback/x?*************** HTTP/1.1");
    assertEqual(redacted("http args: \"code=abc&state=" + state + "\""),
                "http args: \"code=***&state=" + std::string(72, '*') + "\"");
    assertEqual(redacted("Cookie: a=b; grantlink-0123abcd=secret; c=d"),
                "Cookie: a=b; grantlink-0123abcd=******; c=d");
    assertEqual(redacted("Cookie: __Host-grantlink-confirm-0123abcd=secret"),
                "Cookie: __Host-grantlink-confirm-0123abcd=******");
}

void otherLinesStay(void**) {
    const std::string stays[] = {"GET /approve/attempts/" + std::string(attempt) + " HTTP/1.1",
                                 "GET /approve/assets/status.js HTTP/1.1",
                                 "GET /shop?state=open&code=10 HTTP/1.1",
                                 "grantlink: the edge store cannot be used: = x",
                                 "/callback/instagram failed",
                                 "GET /approve/of/the/day HTTP/1.1",
                                 "GET /callback/me?later=1 HTTP/1.1"};
    for (const std::string& line : stays)
        assertEqual(redacted(line), line);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(routes), cmocka_unit_test(parametersAreDecoded),
                                cmocka_unit_test(hostileParametersAreRefused),
                                cmocka_unit_test(otherLinesStay),
                                cmocka_unit_test(logsLoseTheirSecrets)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
