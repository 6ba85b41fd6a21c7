// Webhooks: signatures as the Standard Webhooks project makes them, and which secrets are taken.
#include "daemon/notify/webhook.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr const char* known = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::string secretOf(std::size_t bytes, bool padded = true) {
    const std::string raw(bytes, 'k');
    const int variant =
        padded ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    std::string out(sodium_base64_ENCODED_LEN(bytes, variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytesOf(raw).data(), bytes, variant);
    out.pop_back();
    return "whsec_" + out;
}

// The values are of the tests of that project's libraries.
void aPublishedSignature(void**) {
    const std::vector<SecretBytes> one{parseWebhookSecret(known).value()};
    const std::string signature = webhookSignature(one, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                                   R"({"test": 2432232314})");
    assertEqual(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

void eachSecretSigns(void**) {
    const SecretBytes a = parseWebhookSecret(known).value(),
                      b = parseWebhookSecret(secretOf(64)).value();
    const std::string both = webhookSignature({a, b}, "id", 1, "{}");
    assertEqual(both,
                webhookSignature({a}, "id", 1, "{}") + " " + webhookSignature({b}, "id", 1, "{}"));
}

void everyPartIsSigned(void**) {
    const std::vector<SecretBytes> one{parseWebhookSecret(known).value()};
    const std::string signature = webhookSignature(one, "id", 1, "{}");
    assert_true(signature != webhookSignature(one, "ie", 1, "{}"));
    assert_true(signature != webhookSignature(one, "id", 2, "{}"));
    assert_true(signature != webhookSignature(one, "id", 1, "[]"));
}

void secretsHaveTheirForm(void**) {
    for (std::size_t bytes = 24; bytes <= 64; ++bytes)
        for (const bool padded : {true, false}) {
            const auto secret = parseWebhookSecret(secretOf(bytes, padded));
            assert_true(secret && *secret == secretCopy(std::string(bytes, 'k')));
        }
    for (const std::string& other :
         {std::string(), std::string("whsec_"), std::string(known).substr(6), secretOf(23),
          secretOf(65), std::string(known) + "!", std::string(known) + " ",
          "WHSEC_" + std::string(known).substr(6)})
        assert_false(parseWebhookSecret(other).has_value());
}

void webhooksWantWhatTheyName(void**) {
    WebhookConfig webhook;
    assert_true(webhook.wants("connection.broken"));
    webhook.events = {"connection.active"};
    assert_true(webhook.wants("connection.active"));
    assert_false(webhook.wants("connection.broken"));
    assert_true(isEvent("connection.expiring"));
    assert_true(isEvent("post.created"));
    assert_false(isEvent("connection.invitation"));
    assert_false(isEvent("unknown"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(aPublishedSignature), cmocka_unit_test(eachSecretSigns),
        cmocka_unit_test(everyPartIsSigned), cmocka_unit_test(secretsHaveTheirForm),
        cmocka_unit_test(webhooksWantWhatTheyName)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
