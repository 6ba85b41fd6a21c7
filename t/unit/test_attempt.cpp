// What is derived from an attempt: PKCE (RFC 7636, appendix B), cookie, nonce, and the state.
#include "shared/attempt.hpp"
#include "shared/base64url.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

EdgeKeys someKeys(const std::string& keyLines) {
    const std::string seal = "seal 1 " + std::string(42, 'B') + "E" + "\n";
    auto keys = EdgeKeys::parse("grantlink-edge-key v1\n" + keyLines + seal, "edge.key");
    assert_true(keys.has_value());
    return *keys;
}

std::string line(int id, char fill) {
    return "key " + std::to_string(id) + " " + std::string(42, fill) + "A\n";
}

const State sample{*Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
                   *Uuid::parse("017f22e2-79b0-7000-8000-000000000001"), 0x01020304};

std::string textOfState(const EdgeKeys& keys) {
    const State::Text text = valuesOf(sample, keys.current()).state;
    return {text.data(), text.size()};
}

void pkcePublishedVector(void**) {
    assertEqual(pkceChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

std::string verifierOf(const State& state, const EdgeKey& key) {
    return std::string(valuesOf(state, key).pkceVerifier);
}

void derivedValuesDiffer(void**) {
    const EdgeKeys keys = someKeys(line(1, 'B') + line(2, 'C'));
    const EdgeKey &one = *keys.find(1), &two = *keys.find(2);
    const std::string verifier = verifierOf(sample, one);
    assert_int_equal(verifier.size(), 43);
    assertEqual(verifierOf(sample, one), verifier);
    assert_true(verifierOf(sample, two) != verifier);
    State other = sample;
    other.attempt = Uuid::v7();
    assert_true(verifierOf(other, one) != verifier);
    other = sample;
    ++other.generation;
    assert_true(verifierOf(other, one) != verifier);
    assert_true(std::string(oidcNonce(one, sample.attempt)) != verifier);
}

void stateComesBack(void**) {
    const EdgeKeys keys = someKeys(line(7, 'B'));
    const auto back = decodeState(textOfState(keys), keys);
    assert_true(back.has_value());
    assert_true(back->state.attempt == sample.attempt);
    assert_true(back->state.connection == sample.connection);
    assert_int_equal(back->state.generation, sample.generation);
    assert_int_equal(back->key->id, 7);
}

std::string cookieOf(const EdgeKeys& keys) {
    const BrowserCookie::Text text = valuesOf(sample, keys.current()).cookie;
    return std::string(text.data(), text.size());
}

std::optional<Uuid> decoded(const std::string& cookie, const State& state, const EdgeKeys& keys) {
    return decodeBrowserCookie(cookie, state.connection, state.generation, keys);
}

void theCookieBelongsToItsLink(void**) {
    const EdgeKeys keys = someKeys(line(7, 'B'));
    const std::string cookie = cookieOf(keys);
    assert_true(decoded(cookie, sample, keys) == sample.attempt);
    State other = sample;
    other.connection = Uuid::v7();
    assert_false(decoded(cookie, other, keys).has_value());
    other = sample;
    ++other.generation;
    assert_false(decoded(cookie, other, keys).has_value());
    assert_false(decoded(cookie, sample, someKeys(line(7, 'C'))).has_value());
    assert_true(textOfState(keys).find(cookie.substr(24)) == std::string::npos);
}

void everyBitOfTheCookieCounts(void**) {
    const EdgeKeys keys = someKeys(line(7, 'B'));
    const auto raw = base64urlDecode(cookieOf(keys));
    for (std::size_t bit = 0; bit < raw->size() * 8; ++bit) {
        auto bad = *raw;
        bad[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        assert_false(decoded(base64url(bad), sample, keys).has_value());
    }
    assert_false(decoded("", sample, keys).has_value());
    assert_false(decoded(cookieOf(keys) + "A", sample, keys).has_value());
}

void everyFlippedBitIsNoticed(void**) {
    const EdgeKeys keys = someKeys(line(7, 'B'));
    const auto raw = base64urlDecode(textOfState(keys));
    for (std::size_t bit = 0; bit < raw->size() * 8; ++bit) {
        auto bad = *raw;
        bad[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        assert_false(decodeState(base64url(bad), keys).has_value());
    }
}

void everyTruncationIsNoticed(void**) {
    const EdgeKeys keys = someKeys(line(7, 'B'));
    const std::string text = textOfState(keys);
    for (std::size_t length = 0; length < text.size(); ++length)
        assert_false(decodeState(text.substr(0, length), keys).has_value());
    assert_false(decodeState(text + "A", keys).has_value());
}

void aRetiredKeyIsRefusedAnOlderOneIsNot(void**) {
    const std::string made = textOfState(someKeys(line(1, 'B')));
    assert_true(decodeState(made, someKeys(line(2, 'C') + line(1, 'B'))).has_value());
    assert_false(decodeState(made, someKeys(line(2, 'C'))).has_value());
    assert_false(decodeState(made, someKeys(line(1, 'C'))).has_value());
}

void anAttemptSaysWhetherThereIsAChallenge(void**) {
    std::array<std::uint8_t, Uuid::randomLength> random{};
    for (int fill : {0x00, 0xff, 0x5a, 0xa5}) {
        random.fill(static_cast<std::uint8_t>(fill));
        for (bool with : {false, true}) {
            const Uuid attempt = newAttempt(1'700'000'000'000, random, with);
            assert_true(hasChallenge(attempt) == with);
            assert_true(attempt.time() == 1'700'000'000'000);
        }
    }
}

void anAttemptHasItsTime(void**) {
    constexpr TimeMs start = 1'700'000'000'000;
    const Uuid attempt = Uuid::v7(start);
    assert_true(attemptIsCurrent(attempt, 60, start));
    assert_true(attemptIsCurrent(attempt, 60, start + 59'999));
    assert_false(attemptIsCurrent(attempt, 60, start + 60'000));
    assert_true(attemptIsCurrent(attempt, 60, start - 60'000));
    assert_false(attemptIsCurrent(attempt, 60, start - 60'001));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(pkcePublishedVector),
                                cmocka_unit_test(derivedValuesDiffer),
                                cmocka_unit_test(stateComesBack),
                                cmocka_unit_test(theCookieBelongsToItsLink),
                                cmocka_unit_test(everyBitOfTheCookieCounts),
                                cmocka_unit_test(everyFlippedBitIsNoticed),
                                cmocka_unit_test(everyTruncationIsNoticed),
                                cmocka_unit_test(aRetiredKeyIsRefusedAnOlderOneIsNot),
                                cmocka_unit_test(anAttemptSaysWhetherThereIsAChallenge),
                                cmocka_unit_test(anAttemptHasItsTime)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
