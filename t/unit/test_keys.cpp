// Key files, link tokens and sealed codes.
#include "shared/base64url.hpp"
#include "shared/keys.hpp"
#include "shared/link_token.hpp"
#include "shared/sealed_code.hpp"

#include "t/unit/cmocka.hpp"

#include <set>

using namespace grantlink;
using test::assertEqual;

namespace {

MasterKeys masterKeys(const std::string& text) {
    auto keys = MasterKeys::parse(text, "master.key");
    assert_true(keys.has_value());
    return *keys;
}

void generatedFilesBelongTogether(void**) {
    const NewKeyFiles files = generateKeyFiles();
    const MasterKeys master = masterKeys(files.master);
    const auto edge = EdgeKeys::parse(files.edge, "edge.key");
    assert_true(edge.has_value());
    assert_true(edge->sealKey().publicKey == master.current().sealPublic);
    assert_true(generateKeyFiles().master != files.master);
}

void badFilesAreNamedWithLine(void**) {
    const std::string key(43, 'A');
    const std::pair<std::string, std::string> cases[] = {
        {"", "master.key:1: this is not a key file"},
        {"grantlink-master-key v2\nkey 1 " + key, "master.key:1: this is not a key file"},
        {"grantlink-edge-key v1\nkey 1 " + key, "master.key:1: this is not a key file"},
        {"grantlink-master-key v1\n", "master.key: has no \"key\" line"},
        {"grantlink-master-key v1\n\n# c\nkey 0 " + key, "master.key:4: expected"},
        {"grantlink-master-key v1\nkey 256 " + key, "master.key:2: expected"},
        {"grantlink-master-key v1\nkey 1 " + key + " x", "master.key:2: expected"},
        {"grantlink-master-key v1\nseal 1 " + key, "master.key:2: expected"},
        {"grantlink-master-key v1\nkey 1 " + key.substr(1), "master.key:2: the key is not"},
        {"grantlink-master-key v1\nkey 1 " + key + "\nkey 1 " + key,
         "master.key:3: this ID stands in line 2 already"},
    };
    for (const auto& [text, expected] : cases) {
        const auto keys = MasterKeys::parse(text, "master.key");
        assert_true(keys.has_error());
        assertEqual(keys.error().message.substr(0, expected.size()), expected);
        assert_true(keys.error().message.find(std::string(20, 'A')) == std::string::npos);
    }
}

// No code could be sealed to it, so each batch of approvals would fail.
void sealKeysAreKeys(void**) {
    const std::string key = "key 1 " + std::string(42, 'B') + "E\n";
    const std::string one = "AQ" + std::string(41, 'A'); // u = 1, of order 4
    for (const std::string& bad : {std::string(43, 'A'), one}) {
        const auto keys =
            EdgeKeys::parse("grantlink-edge-key v1\n" + key + "seal 1 " + bad + "\n", "edge.key");
        assert_true(keys.has_error());
        assertEqual(keys.error().message.substr(0, 37), "edge.key:3: this is not a public key ");
        assert_true(keys.error().message.find(std::string(20, 'A')) == std::string::npos);
    }
}

void linkTokensAreStableAndDistinct(void**) {
    const MasterKeys keys = masterKeys(generateKeyFiles().master);
    const MasterKeys others = masterKeys(generateKeyFiles().master);
    const Uuid a = Uuid::v7(), b = Uuid::v7();
    const std::string token = makeLinkToken(keys.current(), a, 1);
    assert_int_equal(token.size(), linkTokenLength);
    assertEqual(makeLinkToken(keys.current(), a, 1), token);
    const std::set<std::string> all{token, makeLinkToken(keys.current(), a, 2),
                                    makeLinkToken(keys.current(), b, 1),
                                    makeLinkToken(others.current(), a, 1)};
    assert_int_equal(all.size(), 4);
    assert_true(linkKeyOf(token).has_value());
    assert_true(linkKeyOf(token) == linkKeyOf(token));
    assert_false(linkKeyOf(token.substr(1)).has_value());
    assert_false(linkKeyOf(token + "A").has_value());
    assert_false(linkKeyOf("!" + token.substr(1)).has_value());
}

// Of the token no more than a third is in its key, and each bit of the rest makes it another one.
void aLinkKeyTellsOfATokenWhereItIs(void**) {
    const MasterKeys keys = masterKeys(generateKeyFiles().master);
    const std::string text = makeLinkToken(keys.current(), Uuid::v7(), 1);
    const auto bytes = base64urlDecode(text);
    const auto token = LinkToken::parse(text);
    const LinkKey key = token->key();
    const LinkLocator locator = token->locator();
    assert_true(key.locator() == locator);
    assert_memory_equal(locator.bytes.data(), bytes->data(), sizeof(locator));
    for (std::size_t bit = 8 * sizeof(locator); bit < 8 * bytes->size(); ++bit) {
        auto other = *bytes;
        other[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        const auto changed = LinkToken::parse(base64url(other));
        assert_true(changed->locator() == locator);
        assert_true(changed->key() != key);
    }
}

// Computed by another program, from the paper on SipHash.
void aLinkKeyIsThatOfOtherPrograms(void**) {
    const auto key = linkKeyOf("AAECAwQFBgcICQoLDA0ODxAREhMUFRYX");
    constexpr std::array<std::uint8_t, 24> expected{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                                                    0x10, 0x27, 0x82, 0xeb, 0xae, 0x92, 0x59, 0x5d,
                                                    0x1e, 0xaa, 0xc1, 0xf7, 0xdc, 0x57, 0xec, 0xd5};
    assert_true(key && key->bytes == expected);
}

void sealedCodesOpenOnlyWhereTheyBelong(void**) {
    const MasterKeys keys = masterKeys(generateKeyFiles().master);
    const MasterKeys others = masterKeys(generateKeyFiles().master);
    const Uuid attempt = Uuid::v7();
    CodeSealer sealer(keys.current().sealPublic);
    const std::string sealed = sealer.seal(attempt, "the code");
    assert_int_equal(sealed.size(), sealedCodeOverhead + 8);
    assert_true(sealer.seal(attempt, "the code") != sealed);
    assert_true(sealed.find("the code") == std::string::npos);
    const auto open = openSealedCode(keys.current(), attempt, bytesOf(sealed));
    assert_true(open.has_value());
    assertEqual(textOf(*open), "the code");
    assert_false(openSealedCode(keys.current(), Uuid::v7(), bytesOf(sealed)).has_value());
    assert_false(openSealedCode(others.current(), attempt, bytesOf(sealed)).has_value());
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string bad = sealed;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        assert_false(openSealedCode(keys.current(), attempt, bytesOf(bad)).has_value());
        assert_false(
            openSealedCode(keys.current(), attempt, bytesOf(sealed.substr(0, i))).has_value());
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(generatedFilesBelongTogether),
                                cmocka_unit_test(badFilesAreNamedWithLine),
                                cmocka_unit_test(sealKeysAreKeys),
                                cmocka_unit_test(linkTokensAreStableAndDistinct),
                                cmocka_unit_test(aLinkKeyTellsOfATokenWhereItIs),
                                cmocka_unit_test(aLinkKeyIsThatOfOtherPrograms),
                                cmocka_unit_test(sealedCodesOpenOnlyWhereTheyBelong)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
