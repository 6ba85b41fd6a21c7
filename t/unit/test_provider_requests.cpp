// Requests as presets describe them: what is sent, where, and under which name.
#include "daemon/oauth/request.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

Provider provider(Preset preset = {}) {
    ProviderConfig config;
    config.clientId = "app id";
    config.clientSecret = "s:ecret";
    config.trustedOrigins = {"http://127.0.0.1:9000"};
    return Provider("example", std::move(preset), config,
                    "https://links.example.com/callback/example");
}

RequestTemplate post() {
    RequestTemplate out;
    out.method = "POST";
    out.url = "https://id.example.com/token";
    return out;
}

std::string header(const HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
        if (key == name)
            return value;
    return "";
}

void standardParametersAreAdjusted(void**) {
    RequestTemplate preset = post();
    preset.clientAuth = ClientAuth::clientSecretPost;
    preset.rename = {{"client_id", "client_key"}};
    preset.omit = {"redirect_uri"};
    preset.parameters = {{"grant_type", "other"}, {"audience", "{tenant}x{access_token}"}};
    const HttpRequest request = compose(
        provider(), preset, {{"tenant", "t"}},
        {{"grant_type", "authorization_code"}, {"redirect_uri", "https://links.example.com/"}});
    assertEqual(request.body,
                "grant_type=other&client_key=app%20id&client_secret=s%3Aecret&audience=tx");
    assertEqual(header(request, "Content-Type"), "application/x-www-form-urlencoded");
    assertEqual(request.url, "https://id.example.com/token");
}

void basicIsEncodedFirst(void**) { // RFC 6749, section 2.3.1
    RequestTemplate preset = post();
    preset.clientAuth = ClientAuth::clientSecretBasic;
    const HttpRequest request = compose(provider(), preset, {}, {{"code", "a&b"}});
    assertEqual(request.username, "app%20id");
    assertEqual(request.password, "s%3Aecret");
    assertEqual(request.body, "code=a%26b");
}

void jsonAndHeaders(void**) {
    RequestTemplate preset = post();
    preset.parametersIn = ParametersIn::json;
    preset.headers = {{"Version", "2025-09-03"}, {"X-Token", "{access_token}"}};
    preset.tokenIn = TokenIn::header;
    const HttpRequest request =
        compose(provider(), preset, {{"access_token", "tok"}}, {{"code", "\"quoted\""}});
    assertEqual(request.body, R"({"code":"\"quoted\""})");
    assertEqual(header(request, "Content-Type"), "application/json");
    assertEqual(header(request, "Version"), "2025-09-03");
    assertEqual(header(request, "X-Token"), "tok");
    assertEqual(header(request, "Authorization"), "Bearer tok");
}

void queriesAndPlaceholdersInUrls(void**) {
    RequestTemplate preset = post();
    preset.method = "GET";
    preset.url = "{instance_url}/users/{handle}?v=1";
    preset.parametersIn = ParametersIn::query;
    preset.parameters = {{"fields", "id,name"}};
    preset.tokenIn = TokenIn::query;
    const Values values{{"instance_url", "https://eu1.example.com"},
                        {"handle", "a/../b c?"},
                        {"access_token", "t&x"}};
    const HttpRequest request = compose(provider(), preset, values, {});
    assertEqual(request.url, "https://eu1.example.com/users/a%2F..%2Fb%20c%3F?v=1"
                             "&access_token=t%26x&fields=id%2Cname");
    assertEqual(request.body, "");
    assertEqual(fillText("{not a name} {unknown}|{open", {}), "{not a name} |{open");
}

void onlyWhatTheOperatorNamesMayBeAnywhere(void**) {
    const Provider it = provider();
    assert_true(it.reachOf("http://127.0.0.1:9000/token") == Reach::anywhere);
    assert_true(it.reachOf("http://127.0.0.1:9000") == Reach::anywhere);
    for (const char* url :
         {"http://127.0.0.1:90000/", "http://127.0.0.1:9000@evil.example/",
          "https://127.0.0.1:9000/", "http://127.0.0.1/", "https://id.example.com/"})
        assert_true(it.reachOf(url) == Reach::publicHttps);
}

void answersNameHostsOfThePreset(void**) {
    Preset preset;
    preset.token.hosts = {".example.com", "api.example.org"};
    const Provider it = provider(std::move(preset));
    const auto reach = [&](const char* base) { return it.reachOf("{base}/me", base); };
    for (const char* good : {"https://eu1.example.com/me", "https://EU1.Example.Com:8443/me",
                             "https://a.b.example.com", "https://api.example.org/me"})
        assert_true(reach(good) == Reach::publicHttps);
    for (const char* bad :
         {"https://example.com/me", "https://evilexample.com/", "https://example.com.evil.test/",
          "https://evil.test/.example.com", "https://evil.test?.example.com",
          "https://evil.test#.example.com", "https://evil.test\\.example.com/",
          "https://eu1.example.com@evil.test/", "https://www.api.example.org/",
          "https://eu1.example.com./", "eu1.example.com", "", "/me"})
        assert_true(reach(bad) == Reach::nowhere);
    assert_true(reach("http://127.0.0.1:9000/me") == Reach::anywhere); // the operator's word
    assert_true(it.reachOf("https://id.example.net/me", "https://id.example.net/me") ==
                Reach::publicHttps);
}

void aUrlNamesItsHostOrItsEnd(void**) {
    for (const char* does :
         {"https://id.example.com/{base}", "https://{dc}.api.example.com/3.0", "https://{tenant}/x",
          "https://id.example.com?x={base}", "https://{tenant}.example.com",
          "https://id.{tenant}/x", "https://{dc}.{tenant}"})
        assert_true(namesItsHost(does));
    for (const char* not_ :
         {"{base}/me", "https://{base}/me", "https://api.{base}", "{base}",
          "https://{dc}example.com/", "https://{dc}:8443/", "https://{dc}{tenant}/",
          "https://{tenant}.{dc}/", "https://{dc}.com/"})
        assert_false(namesItsHost(not_));
}

void handlesAreTheSameInAnySpelling(void**) {
    Preset preset;
    preset.tenant = TenantRule{true, "mastodon.example", "mastodon.example"};
    preset.handle.prefixes = {"https://mastodon.example/@"};
    preset.handle.suffix = "@{tenant}";
    const Provider it = provider(preset);
    for (const char* spelling :
         {"nike", "@Nike", " @nike@mastodon.example ", "https://mastodon.example/@nike/about?x=1"})
        assertEqual(it.normalise(spelling), "nike@mastodon.example");
    assertEqual(it.normalise(""), "");
    assert_true(it.normalise("nike@other.example") != it.normalise("nike"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(standardParametersAreAdjusted),
                                cmocka_unit_test(basicIsEncodedFirst),
                                cmocka_unit_test(jsonAndHeaders),
                                cmocka_unit_test(queriesAndPlaceholdersInUrls),
                                cmocka_unit_test(onlyWhatTheOperatorNamesMayBeAnywhere),
                                cmocka_unit_test(answersNameHostsOfThePreset),
                                cmocka_unit_test(aUrlNamesItsHostOrItsEnd),
                                cmocka_unit_test(handlesAreTheSameInAnySpelling)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
