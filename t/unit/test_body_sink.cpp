// Bodies that are taken piece by piece, from a server that sends them so, by a sink that pauses.
#include "daemon/net/http_client.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/net/stop_signal.hpp"

#include "t/unit/cmocka.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace grantlink;
using namespace std::chrono_literals;

namespace {

// Pauses at each piece but the first before it takes it, or refuses one then.
class PausingSink : public BodySink {
  public:
    enum class Then { take, refuseOne };

    explicit PausingSink(Then then) : then_(then) {}

    bool begin(const HttpResponse& head) override { return head.status == 200; }

    Took take(std::string_view bytes) override {
        const bool first = body.empty();
        if (!first && !std::exchange(paused, true)) {
            ++pauses;
            return Took::nothing;
        }
        paused = false;
        if (!first && then_ == Then::refuseOne && !std::exchange(refused_, true))
            return Took::refused;
        body += bytes;
        return Took::all;
    }

    bool stopped() const override { return false; }

    std::string body;
    bool paused = false;
    int pauses = 0;

  private:
    Then then_;
    bool refused_ = false;
};

boost::asio::awaitable<void> goOnWhenPaused(PausingSink& sink, const bool& done) {
    StopSignal clock;
    while (!done) {
        co_await clock.sleep(5ms);
        if (!sink.paused)
            continue;
        co_await clock.sleep(400ms); // more comes meanwhile
        if (sink.goOn)
            sink.goOn();
    }
}

// The next of these, with time in between, so that each comes by itself.
boost::asio::awaitable<std::string> nextOf(std::shared_ptr<std::vector<std::string>> pieces) {
    StopSignal clock;
    co_await clock.sleep(150ms);
    if (pieces->empty())
        co_return "";
    const std::string out = pieces->front();
    pieces->erase(pieces->begin());
    co_return out;
}

HttpResult fetched(PausingSink& sink, std::vector<std::string> pieces, std::size_t most) {
    boost::asio::io_context loop;
    const auto left = std::make_shared<std::vector<std::string>>(std::move(pieces));
    const auto answer = [left](ServerRequest) -> boost::asio::awaitable<ServerResponse> {
        ServerResponse out;
        out.pieces = [left] { return nextOf(left); };
        co_return out;
    };
    const auto server = HttpServer::onTcp(loop.get_executor(), "127.0.0.1", 0, answer);
    CurlLoop curl(loop.get_executor());
    CurlHttpClient client(curl, "");
    std::optional<HttpResult> out;
    bool done = false;
    const auto run = [&]() -> boost::asio::awaitable<void> {
        HttpRequest request;
        request.reach = Reach::anywhere;
        request.url = "http://127.0.0.1:" + std::to_string(server->port()) + "/";
        request.maxBody = most;
        request.sink = &sink;
        out = co_await client.fetch(std::move(request));
        done = true;
        loop.stop();
    };
    boost::asio::co_spawn(loop, run(), boost::asio::detached);
    boost::asio::co_spawn(loop, goOnWhenPaused(sink, done), boost::asio::detached);
    loop.run();
    return *out;
}

// After the first pause the third and the fourth are there together, and are offered as one after
// the second.
const std::vector<std::string> body{std::string(9'000, 'a'), std::string(1'000, 'b'),
                                    std::string(1'500, 'c'), std::string(1'500, 'd'),
                                    std::string(400, 'e')};

std::string firstOf(std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += body[i];
    return out;
}

void whatWasHeldBackIsTaken(void**) {
    PausingSink sink(PausingSink::Then::take);
    assert_true(fetched(sink, body, 13'400).has_value());
    assert_true(sink.pauses >= 3);
    assert_true(sink.body == firstOf(5));
}

void whatIsTooLargeAfterAPauseEndsIt(void**) {
    PausingSink sink(PausingSink::Then::take);
    const HttpResult result = fetched(sink, body, 12'000); // the last would fit
    assert_true(sink.pauses >= 1);
    assert_true(firstOf(5).starts_with(sink.body));
    assert_true(!result && result.error().tooLarge);
}

void whatIsRefusedAfterAPauseEndsIt(void**) {
    PausingSink sink(PausingSink::Then::refuseOne);
    const HttpResult result = fetched(sink, body, 100'000);
    assert_true(sink.body == firstOf(1));
    assert_true(!result && !result.error().tooLarge);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(whatWasHeldBackIsTaken),
        cmocka_unit_test(whatIsTooLargeAfterAPauseEndsIt),
        cmocka_unit_test(whatIsRefusedAfterAPauseEndsIt),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
