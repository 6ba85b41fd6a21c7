// Times, Link headers, further pages, and what is shown of requests.
#include "daemon/collect/feed.hpp"
#include "daemon/collect/link_header.hpp"
#include "daemon/collect/timestamp.hpp"
#include "daemon/oauth/request_traces.hpp"
#include "daemon/oauth/shown.hpp"

#include "t/unit/cmocka.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

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

// Answers with a page that names the next one.
class Pages : public HttpClient {
  public:
    explicit Pages(std::string next) : next_(std::move(next)) {}

    boost::asio::awaitable<HttpResult> fetch(HttpRequest request) override {
        asked.push_back(std::move(request));
        HttpResponse page;
        page.status = 200;
        page.headers = {{"link", "<" + next_ + ">; rel=\"next\""}};
        page.body = R"([{"id":"1"}])";
        co_return page;
    }

    std::vector<HttpRequest> asked;

  private:
    std::string next_;
};

// Two pages of a feed, as they are asked for.
std::vector<HttpRequest> askedFor(const std::string& url, const std::string& next) {
    Preset preset;
    preset.token.hosts = {".example.com"};
    preset.feed = FeedStep{};
    preset.feed->request.method = "GET";
    preset.feed->request.url = url;
    preset.feed->request.tokenIn = TokenIn::header;
    preset.feed->id = {"/id"};
    preset.feed->linkHeader = true;
    const Provider provider("example", std::move(preset), {}, "https://links.example.com/callback");
    Pages pages(next);
    DpopNonces nonces;
    DpopClient client(pages, nonces);
    TokenSet tokens;
    tokens.accessToken = secretCopy("a-token");
    tokens.values["base"] = "https://eu1.example.com";
    const auto read = [&]() -> boost::asio::awaitable<void> {
        FeedPlace place;
        do {
            const auto page = co_await fetchFeedPage(client, provider, tokens, place);
            place = page ? page->next : FeedPlace();
        } while (!place.isFirst());
    };
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, read, boost::asio::detached);
    loop.run();
    return std::move(pages.asked);
}

void furtherPagesAreAskedWhereTheFirstWas(void**) {
    for (const auto& [url, host] : {std::pair{"https://api.example.org/posts", "api.example.org"},
                                    std::pair{"{base}/posts", "eu1.example.com"}}) {
        const std::string next = std::string("https://") + host + "/posts?page=2";
        const auto asked = askedFor(url, next);
        assert_int_equal(asked.size(), 2);
        assertEqual(asked[1].url, next);
        for (const HttpRequest& request : asked)
            assert_true(request.reach == Reach::publicHttps);
        assert_int_equal(askedFor(url, "https://elsewhere.example.com/").size(), 1);
    }
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
        cmocka_unit_test(furtherPagesAreAskedWhereTheFirstWas), cmocka_unit_test(secretsAreHidden),
        cmocka_unit_test(answersAreShownWithoutSecrets)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
