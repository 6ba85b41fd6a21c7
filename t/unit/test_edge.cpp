// The parts of the nginx module that need no nginx: routes, parameters, templates, log redaction.
#include "ngx_module/callback_parameters.hpp"
#include "ngx_module/log_redaction.hpp"
#include "ngx_module/page_files.hpp"
#include "ngx_module/page_set.hpp"
#include "ngx_module/route.hpp"

#include "t/unit/cmocka.hpp"

#include <map>

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
    assert_true(parseApprovePath("assets/status.js").route == Route::asset);
    const std::string others[] = {"",
                                  id,
                                  "attempts/",
                                  "attempts/" + id + "/",
                                  "attempts/" + id + "x",
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

std::string rendered(const std::string& text, const PageValues& values) {
    const std::map<std::string, std::string, std::less<>> files{
        {"page", text}, {"part", "<{{account}}>"}, {"self", "{{> self}}"}};
    const auto compiled = Template::compile("page", [&](std::string_view name) {
        const auto found = files.find(name);
        return found == files.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    });
    if (!compiled)
        return "error: " + compiled.error().message;
    std::string out(compiled->size(values), '?');
    assert_ptr_equal(compiled->render(values, out.data()), out.data() + out.size());
    return out;
}

void templatesRender(void**) {
    PageValues values;
    values[Slot::account] = "<a&\"'>";
    assertEqual(rendered("x {{account}} y", values), "x &lt;a&amp;&quot;&#39;&gt; y");
    assertEqual(rendered("{{#account}}yes{{/account}}{{^account}}no{{/account}}", values), "yes");
    assertEqual(rendered("{{#detail}}a{{account}}{{/detail}}{{^detail}}b{{/detail}}", values), "b");
    assertEqual(rendered("{{! nothing }}{{> part }}", values), "<&lt;a&amp;&quot;&#39;&gt;>");
    assertEqual(rendered("{{#account}}{{^detail}}in{{/detail}}{{/account}}", values), "in");
}

void templateErrorsNameTheLine(void**) {
    const std::pair<const char*, const char*> cases[] = {
        {"\n{{nobody}}", "error: page:2: there is no value \"nobody\""},
        {"{{account", "error: page:1: this {{ has no }}"},
        {"{{#account}}", "error: page:1: the section {{#account}} is not closed"},
        {"\n\n{{/account}}", "error: page:3: {{/account}} closes a section"},
        {"{{#account}}{{/detail}}", "error: page:1: {{/detail}} closes a section"},
        {"{{> missing}}", "error: missing: there is no such template"},
        {"{{> self}}", "error: self: templates include each other"},
    };
    for (const auto& [text, expected] : cases)
        assertEqual(rendered(text, {}).substr(0, std::string(expected).size()), expected);
}

void shippedPagesCompile(void**) {
    const auto pages =
        PageSet::compile([](std::string_view name) -> std::optional<std::string_view> {
            const std::string_view text = pageFile(name);
            return text.data() ? std::optional(text) : std::nullopt;
        });
    if (!pages)
        print_error("%s\n", pages.error().message.c_str());
    assert_true(pages.has_value());
    for (std::size_t i = 0; i < static_cast<std::size_t>(Page::count); ++i) {
        const auto page = static_cast<Page>(i);
        assert_true(pageNamed(infoOf(page).name) == page);
        std::string out((*pages)[page].size({}), '?');
        (*pages)[page].render({}, out.data());
        assert_true(out.find("data-page=\"" + std::string(infoOf(page).name) + "\"") !=
                    std::string::npos);
        assert_true(out.find("{{") == std::string::npos);
    }
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
    const CMUnitTest tests[] = {cmocka_unit_test(routes),
                                cmocka_unit_test(parametersAreDecoded),
                                cmocka_unit_test(templatesRender),
                                cmocka_unit_test(hostileParametersAreRefused),
                                cmocka_unit_test(otherLinesStay),
                                cmocka_unit_test(templateErrorsNameTheLine),
                                cmocka_unit_test(shippedPagesCompile),
                                cmocka_unit_test(logsLoseTheirSecrets)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
