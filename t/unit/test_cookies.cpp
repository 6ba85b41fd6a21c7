// Our cookies in a Cookie header, and what the confirm cookie carries.
#include "ngx_module/confirm_value.hpp"
#include "ngx_module/cookie_header.hpp"
#include "shared/sealed_code.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

struct Taken {
    std::string header;
    std::vector<Cookie> cookies;
};

Taken take(std::string header) {
    Taken out{std::move(header), {}};
    std::string onlyOverwritten = out.header;
    takeOwnCookies(out.header, &out.cookies);
    takeOwnCookies(onlyOverwritten, nullptr);
    assertEqual(onlyOverwritten, out.header);
    return out;
}

void ownCookiesAreTaken(void**) {
    const Taken got = take("a=b; grantlink-1=secret;\t__Host-grantlink-confirm-2=x=y; c=d");
    assertEqual(got.header, "a=b; grantlink-1=******;\t__Host-grantlink-confirm-2=***; c=d");
    assert_int_equal(got.cookies.size(), 2);
    assertEqual(got.cookies[0].name, "grantlink-1");
    assertEqual(textOf(got.cookies[0].value), "secret");
    assertEqual(got.cookies[1].name, "__Host-grantlink-confirm-2");
    assertEqual(textOf(got.cookies[1].value), "x=y");
}

void oddHeadersAreSurvived(void**) {
    for (const char* header : {"", ";", ";;; ", "=", "=grantlink-1", "grantlink-1", " grantlink-1;",
                               "xgrantlink-1=v", "Grantlink-1=v", "a=grantlink-1=v"}) {
        const Taken got = take(header);
        assertEqual(got.header, header);
        assert_true(got.cookies.empty());
    }
    const Taken empty = take("grantlink-1=;grantlink-1=v");
    assert_int_equal(empty.cookies.size(), 2);
    assert_true(empty.cookies[0].value.empty());
    assertEqual(empty.header, "grantlink-1=;grantlink-1=*");
}

void theNewestAreKept(void**) {
    std::string header;
    for (int i = 0; i < 1000; ++i)
        header += "grantlink-" + std::to_string(i) + "=v; ";
    const Taken got = take(header);
    assert_int_equal(got.cookies.size(), maxCookies);
    assertEqual(got.cookies.back().name, "grantlink-999");
    assert_true(got.header.find('v') == std::string::npos);
}

struct Sample {
    EdgeKeys keys;
    Uuid attempt = Uuid::v7();
    std::string state, sealed, value;

    Sample() : keys(*EdgeKeys::parse(generateKeyFiles().edge, "edge.key")) {
        const auto text = valuesOf(State{attempt, Uuid::v7(), 1}, keys.current()).state;
        state.assign(text.data(), text.size());
        sealed = CodeSealer(keys.sealKey().publicKey).seal(attempt, "the code");
        value = encodeConfirmValue(state, sealed);
    }
};

void confirmValueComesBack(void**) {
    const Sample sample;
    const auto back = parseConfirmValue(sample.value, sample.attempt, sample.keys);
    assert_true(back.has_value());
    assert_true(back->verified.state.attempt == sample.attempt);
    assertEqual(back->sealed, sample.sealed);
}

void confirmValueRefusesDamage(void**) {
    const Sample sample, other;
    const auto parse = [&](const std::string& value) {
        return parseConfirmValue(value, sample.attempt, sample.keys).has_value();
    };
    assert_false(parse(other.value));
    assert_false(parseConfirmValue(sample.value, other.attempt, sample.keys).has_value());
    for (const std::string& value :
         {std::string(), std::string("."), sample.state, sample.state + ".", "." + sample.value,
          sample.value + "=", sample.value + ".",
          encodeConfirmValue(sample.state, std::string(sealedCodeOverhead, 'x')),
          encodeConfirmValue(sample.state,
                             std::string(sealedCodeOverhead + maxCodeLength + 1, 'x'))})
        assert_false(parse(value));
    assert_true(parse(
        encodeConfirmValue(sample.state, std::string(sealedCodeOverhead + maxCodeLength, 'x'))));
    for (std::size_t i = 0; i < sample.state.size(); ++i) {
        std::string value = sample.value;
        value[i] = value[i] == 'A' ? 'B' : 'A';
        assert_false(parse(value));
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(ownCookiesAreTaken), cmocka_unit_test(oddHeadersAreSurvived),
        cmocka_unit_test(theNewestAreKept), cmocka_unit_test(confirmValueComesBack),
        cmocka_unit_test(confirmValueRefusesDamage)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
