// What a provider's answer means for the next request: whether there may be one, and when.
#include "daemon/oauth/step.hpp"
#include "shared/uuid.hpp"
#include "t/unit/cmocka.hpp"

using namespace grantlink;
using namespace std::chrono_literals;

namespace {

const RateLimit limit{"x-remaining", "x-reset", false};

StepFailure failed(int status, Headers headers = {}, Repeatable repeatable = Repeatable::no) {
    return failureOf(HttpResponse{status, std::move(headers), ""}, "", limit, repeatable);
}

void whatWasTurnedAwayWasNotActedUpon(void**) {
    for (const StepFailure& failure :
         {failed(429), failed(503, {{"retry-after", "1"}}), failed(403, {{"x-remaining", "0"}})}) {
        assert_true(failure.mayRetry && failure.turnedAway);
        assert_false(failure.unsure);
    }
}

// A proxy says 503 too, of a server that it has lost in the middle of a request.
void aBare503SaysNothing(void**) {
    assert_false(failed(503).mayRetry);
    assert_true(failed(503).unsure);
    assert_true(failed(503).turnedAway); // others are not sent after it
    assert_true(failed(503, {}, Repeatable::yes).mayRetry);
}

void errorsOfServersLeaveUnsure(void**) {
    assert_false(failed(500).mayRetry);
    assert_true(failed(502).unsure);
    assert_true(failed(502, {}, Repeatable::yes).mayRetry);
}

void refusalsAreCertain(void**) {
    for (int status : {302, 400, 401, 403, 404}) {
        const StepFailure failure = failed(status, {}, Repeatable::yes);
        assert_false(failure.mayRetry || failure.unsure || failure.turnedAway);
    }
}

void aRequestThatWasNotSentMayBe(void**) {
    assert_true(failureOf(HttpError{"no route", false}, Repeatable::no).mayRetry);
    assert_false(failureOf(HttpError{"no route", false}, Repeatable::no).unsure);
    assert_false(failureOf(HttpError{"it was cut", true}, Repeatable::no).mayRetry);
    assert_true(failureOf(HttpError{"it was cut", true}, Repeatable::no).unsure);
    assert_false(failureOf(HttpError{"not there", true, true}, Repeatable::yes).mayRetry);
    assert_false(failureOf(HttpError{"whose?", false, false, true}, Repeatable::yes).mayRetry);
}

// A window has an end in every answer of some providers; it says nothing of a server's fault.
void theEndOfTheWindowCountsWhenItIsUsedUp(void**) {
    const Headers half{{"x-remaining", "50"}, {"x-reset", "900"}};
    const Headers none{{"x-remaining", "0"}, {"x-reset", "900"}};
    assert_true(failed(500, half).retryAfter == 0s);
    assert_true(failed(503, half).retryAfter == 0s);
    assert_true(failed(403, half).retryAfter == 0s);
    assert_true(failed(403, none).retryAfter == 900s);
    assert_true(failed(429, half).retryAfter == 900s);
    assert_true(failed(429, {{"x-reset", "900"}, {"retry-after", "5"}}).retryAfter == 5s);
}

void retryAfterMayBeADate(void**) {
    const auto after = [](const char* text) {
        return failed(429, {{"retry-after", text}}).retryAfter;
    };
    assert_true(after("7") == 7s);
    assert_true(after("-7") == 0s);
    assert_true(after("999999999") == 24h);
    assert_true(after("Wed, 01 Jan 2020 00:00:00 GMT") == 0s);
    assert_true(after("Fri, 01 Jan 2100 00:00:00 GMT") == 24h);
    assert_true(after("soon") == 0s);
}

void nobodyWaitsForTooLong(void**) {
    assert_true(pauseAfter(1, failed(429, {{"retry-after", "20"}}), 30s) >= 20s);
    assert_false(pauseAfter(1, failed(429, {{"retry-after", "30"}}), 30s).has_value());
    assert_true(pauseAfter(maxTries - 1, failed(429), 30s).has_value());
    assert_false(pauseAfter(maxTries, failed(429), 30s).has_value());
    assert_false(pauseAfter(1, failed(429), -1s).has_value());
    assert_false(pauseAfter(1, failed(400), 30s).has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(whatWasTurnedAwayWasNotActedUpon),
                                cmocka_unit_test(aBare503SaysNothing),
                                cmocka_unit_test(errorsOfServersLeaveUnsure),
                                cmocka_unit_test(refusalsAreCertain),
                                cmocka_unit_test(aRequestThatWasNotSentMayBe),
                                cmocka_unit_test(theEndOfTheWindowCountsWhenItIsUsedUp),
                                cmocka_unit_test(retryAfterMayBeADate),
                                cmocka_unit_test(nobodyWaitsForTooLong)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
