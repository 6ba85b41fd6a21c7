// When tokens want attention.
#include "daemon/lifecycle/plan.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;

namespace {

constexpr TimeMs now = 1'800'000'000'000, hour = 3'600'000, day = 24 * hour;

TokenSet tokensOf(TimeMs age, TimeMs life, bool refreshToken = true) {
    TokenSet out;
    out.obtained = now - age;
    out.expires = life ? out.obtained + life : 0;
    if (refreshToken)
        out.refreshToken = secretCopy("refresh");
    return out;
}

Preset presetWith(std::chrono::seconds minAge = {}) {
    Preset out;
    out.refresh = RefreshStep{};
    out.refresh->minAge = minAge;
    return out;
}

void aRefreshBeginsAtThreeFifths(void**) {
    assert_false(refreshIsDue(tokensOf(35 * 60'000, hour), presetWith(), now));
    assert_true(refreshIsDue(tokensOf(36 * 60'000, hour), presetWith(), now));
    assert_true(refreshIsDue(tokensOf(2 * hour, hour), presetWith(), now));
    assert_false(refreshIsDue(tokensOf(36 * 60'000, hour), presetWith(std::chrono::hours(1)), now));
    assert_false(refreshIsDue(tokensOf(2 * hour, hour, false), presetWith(), now));
    assert_false(refreshIsDue(tokensOf(2 * hour, hour), Preset{}, now));
    assert_false(refreshIsDue(tokensOf(99 * day, 0), presetWith(), now));
}

void aTokenMayBeItsOwnRefreshToken(void**) {
    Preset instagram = presetWith();
    assert_false(canRefresh(tokensOf(0, hour, false), instagram));
    instagram.refresh->request.omit = {"client_id", "refresh_token"};
    assert_true(canRefresh(tokensOf(0, hour, false), instagram));
}

void looksAreSpread(void**) {
    TimeMs first = ~TimeMs{0}, last = 0;
    for (int i = 0; i < 2000; ++i) {
        const TimeMs next = nextLook(tokensOf(0, hour), presetWith(), now) - now;
        first = std::min(first, next);
        last = std::max(last, next);
    }
    assert_in_range(first, hour / 5 * 3, hour / 5 * 3 + hour / 50);
    assert_in_range(last, hour / 5 * 4 - hour / 50, hour / 5 * 4);
}

void whatLastsIsLookedAtDaily(void**) {
    for (const TokenSet& tokens : {tokensOf(0, 60 * day), tokensOf(0, 0), tokensOf(0, 0, false)})
        for (int i = 0; i < 100; ++i)
            assert_in_range(nextLook(tokens, presetWith(), now) - now, day / 5 * 4, day / 5 * 6);
}

void whatCannotBeRefreshedIsLookedAtAtItsEnd(void**) {
    assert_int_equal(nextLook(tokensOf(0, hour, false), presetWith(), now), now + hour);
    assert_int_equal(nextLook(tokensOf(2 * hour, hour, false), presetWith(), now), now);
}

void pausesGrow(void**) {
    const auto pause = [](unsigned failures, std::chrono::seconds asked = {}) {
        return nextTry(failures, asked, now) - now;
    };
    assert_in_range(pause(0), 60'000, 75'000);
    assert_in_range(pause(3), 480'000, 600'000);
    for (unsigned failures : {6u, 60u, 4'000'000'000u})
        assert_in_range(pause(failures), hour, hour / 4 * 5);
    assert_in_range(pause(0, std::chrono::hours(2)), 2 * hour, hour / 2 * 5);
}

void whatMayHaveRotatedIsNotSentAgainAtOnce(void**) {
    Connection connection;
    connection.tokenExpires = now + hour;
    assert_int_equal(notBefore(connection), 0);
    connection.refreshAsked = now;
    assert_int_equal(notBefore(connection), now + hour);
    connection.tokenExpires = 0; // not known
    assert_int_equal(notBefore(connection), 0);
}

void endsAreKnownOrNot(void**) {
    using namespace std::chrono_literals;
    assert_true(lastsFor(tokensOf(0, hour), 3599s, now));
    assert_false(lastsFor(tokensOf(0, hour), 3600s, now));
    assert_true(lastsFor(tokensOf(0, 0), 3600s, now));
    assert_true(hasExpired(tokensOf(hour, hour), now));
    assert_false(hasExpired(tokensOf(hour, 0), now));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(aRefreshBeginsAtThreeFifths),
                                cmocka_unit_test(aTokenMayBeItsOwnRefreshToken),
                                cmocka_unit_test(looksAreSpread),
                                cmocka_unit_test(whatLastsIsLookedAtDaily),
                                cmocka_unit_test(whatCannotBeRefreshedIsLookedAtAtItsEnd),
                                cmocka_unit_test(pausesGrow),
                                cmocka_unit_test(whatMayHaveRotatedIsNotSentAgainAtOnce),
                                cmocka_unit_test(endsAreKnownOrNot)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
