// Tokens at rest open for their owner and key, and for nothing else.
#include "daemon/vault/token_seal.hpp"
#include "shared/byte_order.hpp"

#include "t/unit/cmocka.hpp"

#include <cstring>

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
            {{"host", "eu"}, {"id", ""}},   secretCopy(R"({"kty":"EC"})")};
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
    assertEqual(textOf(back->dpopKey), R"({"kty":"EC"})");
}

void boundToNothing(void**) {
    const MasterKeys keys = newKeys();
    const Uuid owner = Uuid::v7();
    TokenSet tokens = sample();
    tokens.dpopKey.clear();
    const auto back = openTokens(keys, owner, bytesOf(sealTokens(keys.current(), owner, tokens)));
    assert_true(back.has_value() && back->dpopKey.empty());
}

// A record as an older version has written it, or a later one might.
std::string sealedAs(std::uint8_t version, const MasterKey& key, const Uuid& owner,
                     const std::string& plain) {
    std::array<std::uint8_t, 18> data;
    std::memcpy(data.data(), owner.bytes.data(), 16);
    data[16] = version;
    data[17] = key.id;
    std::string out(26 + plain.size() + 16, '\0');
    auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
    bytes[0] = version;
    bytes[1] = key.id;
    randombytes_buf(bytes + 2, 24);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + 26, nullptr, bytesOf(plain).data(),
                                               plain.size(), data.data(), data.size(), nullptr,
                                               bytes + 2, key.vault.data());
    return out;
}

void olderVersionsAreRead(void**) {
    const MasterKeys keys = newKeys();
    const Uuid owner = Uuid::v7();
    RecordWriter record;
    record.integer(std::uint64_t{123}).integer(std::uint64_t{456}).text("a b");
    record.text("access").text("refresh");
    const std::string first = record.take();
    record = {};
    record.integer(std::uint16_t{1}).text("host").text("eu");
    const std::string second = first + record.take();
    const std::string third = second + std::string(2, '\0');
    for (const auto& [version, plain] : {std::pair(1, first), {2, second}, {3, third}}) {
        const std::string sealed =
            sealedAs(static_cast<std::uint8_t>(version), keys.current(), owner, plain);
        const auto back = openTokens(keys, owner, bytesOf(sealed));
        assert_true(back.has_value());
        assertEqual(textOf(back->refreshToken), "refresh");
        assert_int_equal(back->values.size(), version == 1 ? 0 : 1);
        assert_true(back->dpopKey.empty());
    }
    // Each version has its own end, and there is no fourth.
    for (const auto& [version, plain] : {std::pair(1, second),
                                         {2, third},
                                         {2, first},
                                         {3, second},
                                         {3, third + "x"},
                                         {4, third},
                                         {0, first}}) {
        const std::string sealed =
            sealedAs(static_cast<std::uint8_t>(version), keys.current(), owner, plain);
        assert_false(openTokens(keys, owner, bytesOf(sealed)).has_value());
    }
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
    const CMUnitTest tests[] = {cmocka_unit_test(tokensComeBack), cmocka_unit_test(boundToNothing),
                                cmocka_unit_test(olderVersionsAreRead),
                                cmocka_unit_test(nothingElseOpensThem)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
