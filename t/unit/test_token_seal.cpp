// Tokens at rest open for their owner and key, and for nothing else.
#include "daemon/vault/token_seal.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

MasterKeys newKeys() {
    auto keys = MasterKeys::parse(generateKeyFiles().master, "master.key");
    assert_true(keys.has_value());
    return *keys;
}

TokenSet sample() {
    return {secretCopy("the access token"), secretCopy("the refresh token"), "a b", 123, 456,
            {{"host", "eu"}, {"id", ""}}};
}

void tokensComeBack(void**) {
    const MasterKeys keys = newKeys();
    const Uuid owner = Uuid::v7();
    const std::string sealed = sealTokens(keys.current(), owner, sample());
    assert_true(sealed.find("token") == std::string::npos);
    assert_true(sealed != sealTokens(keys.current(), owner, sample()));
    const auto back = openTokens(keys, owner, bytesOf(sealed));
    assert_true(back.has_value());
    assertEqual(textOf(back->accessToken), "the access token");
    assertEqual(textOf(back->refreshToken), "the refresh token");
    assertEqual(back->scope, "a b");
    assert_int_equal(back->obtained, 123);
    assert_int_equal(back->expires, 456);
    assert_true(back->values == sample().values);
}

void nothingElseOpensThem(void**) {
    const MasterKeys keys = newKeys();
    const Uuid owner = Uuid::v7();
    const std::string sealed = sealTokens(keys.current(), owner, sample());
    assert_false(openTokens(keys, Uuid::v7(), bytesOf(sealed)).has_value());
    assert_false(openTokens(newKeys(), owner, bytesOf(sealed)).has_value());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string bad = sealed;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        assert_false(openTokens(keys, owner, bytesOf(bad)).has_value());
        assert_false(openTokens(keys, owner, bytesOf(sealed.substr(0, i))).has_value());
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(tokensComeBack),
                                cmocka_unit_test(nothingElseOpensThem)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
