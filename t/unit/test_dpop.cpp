// Tokens that are bound to a key (RFC 9449): the key, the proofs, and what servers say of nonces.
#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/dpop_key.hpp"
#include "daemon/oauth/dpop_proof.hpp"
#include "daemon/oauth/jws.hpp"
#include "shared/base64url.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

// The bytes 0 to 31.
MasterKeys masterKeys() {
    auto keys = MasterKeys::parse(
        "grantlink-master-key v1\nkey 1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n", "test");
    assert_true(keys.has_value());
    return *keys;
}

Uuid attempt() {
    return Uuid::parse("0198c0de-0000-7000-8000-000000000001").value();
}

SecretBytes someKey() {
    return deriveDpopKey(masterKeys().current(), attempt());
}

// Computed from docs/formats.md with Python's hashlib and Node's ECDH.
void theKeyOfAnAttemptIsAlwaysTheSame(void**) {
    assertEqual(textOf(someKey()), R"({"kty":"EC","crv":"P-256",)"
                                   R"("x":"GMAIowQ0BCO_DvaAWfMZAp4uLLv7kmqk2YZjS9kAnNg",)"
                                   R"("y":"PQ2nnDO5A8vYRNAD_KmtQG5qzoVtB4dtHaVTiY48sgs",)"
                                   R"("d":"73UA1zsJff5TakfiYK0GtvEgK-_wkV7D8LhKc_7pAPg"})");
}

void eachAttemptAndMasterKeyHasItsOwn(void**) {
    const auto other = MasterKeys::parse(generateKeyFiles().master, "test");
    assert_true(other.has_value());
    assert_true(someKey() != deriveDpopKey(other->current(), attempt()));
    assert_true(someKey() != deriveDpopKey(masterKeys().current(), Uuid::v7()));
}

void keysAreWholeWhateverTheirNumbers(void**) { // one in 128 has a coordinate with a leading zero
    for (int i = 0; i < 300; ++i) {
        const Json key = Json::parse(textOf(deriveDpopKey(masterKeys().current(), Uuid::v7())));
        for (const char* name : {"x", "y", "d"})
            assert_int_equal(base64urlDecode(key[name].str()).value().size(), 32);
    }
}

Connection connectionWithLinkOf(KeyId key) {
    Connection out;
    out.linkKey = key;
    return out;
}

void onlyPresetsThatSayItHaveKeys(void**) {
    Preset preset;
    const Provider plain("plain", preset, {}, "");
    preset.dpop = true;
    const Provider binding("binding", preset, {}, "");
    const MasterKeys keys = masterKeys();
    assert_true(dpopKeyFor(plain, keys, connectionWithLinkOf(1), attempt()).value().empty());
    assert_true(dpopKeyFor(binding, keys, connectionWithLinkOf(1), attempt()) == someKey());
    assert_false(dpopKeyFor(binding, keys, connectionWithLinkOf(2), attempt()).has_value());
}

HttpRequest request(std::string method, std::string url) {
    HttpRequest out;
    out.method = std::move(method);
    out.url = std::move(url);
    return out;
}

// The claims of a proof, once the key in it has verified it.
Json verified(const std::string& proof) {
    const auto jws = Jws::parse(proof);
    assert_true(jws.has_value());
    assertEqual(jws->header["typ"].str(), "dpop+jwt");
    const Json key = jws->header["jwk"];
    assert_int_equal(key.size(), 4); // without `d`
    assertEqual(key["x"].str(), Json::parse(textOf(someKey()))["x"].str());
    assert_true(jws->verify(key, {"ES256"}));
    return jws->payload;
}

void aProofIsForOneRequest(void**) {
    const HttpRequest asked = request("POST", "https://id.example.com/token?tenant=a#b");
    const Json first = verified(dpopProof(asked, someKey(), "", ""));
    assertEqual(first["htm"].str(), "POST");
    assertEqual(first["htu"].str(), "https://id.example.com/token");
    assert_true(std::abs(first["iat"].integer() - static_cast<std::int64_t>(nowMs() / 1000)) < 5);
    assert_int_equal(first.size(), 4); // and no ath or nonce
    assert_true(first["jti"].str().size() >= 16);
    const Json second = verified(dpopProof(asked, someKey(), "", ""));
    assert_true(first["jti"].str() != second["jti"].str());
}

void aProofIsForOneToken(void**) { // the vector is RFC 9449's, section 7.1
    const Json claims =
        verified(dpopProof(request("GET", "https://resource.example.org/protectedresource"),
                           someKey(), "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", "a-nonce"));
    assertEqual(claims["ath"].str(), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    assertEqual(claims["nonce"].str(), "a-nonce");
}

HttpResponse response(int status, Headers headers, std::string body = "") {
    return {status, std::move(headers), std::move(body)};
}

void serversSayThatTheyWantANonce(void**) {
    const std::pair<std::string, std::string> nonce{"dpop-nonce", "n"};
    const char* error = R"({"error":"use_dpop_nonce"})";
    assert_true(wantsDpopNonce(response(400, {nonce}, error)));
    assert_false(wantsDpopNonce(response(400, {}, error)));
    assert_false(wantsDpopNonce(response(400, {nonce}, R"({"error":"invalid_grant"})")));
    assert_false(wantsDpopNonce(response(200, {nonce}, error)));
    assert_false(wantsDpopNonce(response(500, {nonce}, error)));
    const auto challenged = [&](const char* challenge) {
        return wantsDpopNonce(response(401, {nonce, {"www-authenticate", challenge}}));
    };
    assert_true(challenged("DPoP error=\"use_dpop_nonce\", error_description=\"…\""));
    assert_true(challenged("Bearer realm=\"a\", dpop realm=\"a\", error=use_dpop_nonce"));
    assert_false(challenged("DPoP error=\"invalid_token\""));
    assert_false(challenged("Bearer error=\"use_dpop_nonce\""));
    assert_false(wantsDpopNonce(response(
        401, {{"www-authenticate", "DPoP error=\"use_dpop_nonce\""}, {"dpop-nonce", ""}})));
}

void theLatestNonceOfEachServerIsKept(void**) {
    DpopNonces nonces;
    const auto given = [&](const std::string& url, const std::string& nonce) {
        nonces.learn(url, response(200, {{"dpop-nonce", nonce}}));
    };
    given("https://id.example.com/token?a=b", "one");
    assertEqual(nonces.of("https://id.example.com/other"), "one");
    assertEqual(nonces.of("https://api.example.com/token"), "");
    given("https://id.example.com/token", "two");
    for (const std::string& bad : {std::string(""), std::string("a b"), std::string("a\"b"),
                                   std::string("a\\b"), std::string("ü"), std::string(1025, 'x')})
        given("https://id.example.com/token", bad);
    assertEqual(nonces.of("https://id.example.com"), "two");
    given("https://id.example.com/token", std::string(1024, 'x'));
    assert_int_equal(nonces.of("https://id.example.com").size(), 1024);

    std::size_t kept = 0;
    for (int i = 0; i < 1000; ++i)
        given("https://" + std::to_string(i) + ".example.com/", "n");
    for (int i = 0; i < 1000; ++i)
        kept += nonces.of("https://" + std::to_string(i) + ".example.com/").size();
    assert_in_range(kept, 1, 256);
    assertEqual(nonces.of("https://999.example.com/"), "n");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(theKeyOfAnAttemptIsAlwaysTheSame),
                                cmocka_unit_test(eachAttemptAndMasterKeyHasItsOwn),
                                cmocka_unit_test(keysAreWholeWhateverTheirNumbers),
                                cmocka_unit_test(onlyPresetsThatSayItHaveKeys),
                                cmocka_unit_test(aProofIsForOneRequest),
                                cmocka_unit_test(aProofIsForOneToken),
                                cmocka_unit_test(serversSayThatTheyWantANonce),
                                cmocka_unit_test(theLatestNonceOfEachServerIsKept)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
