// The records of the edge store: round trip, truncation at every byte, wrong version, hostile
// bytes.
#include "shared/approval.hpp"
#include "shared/link_view.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

LinkView sampleView() {
    LinkView view;
    view.status = LinkStatus::replaced;
    view.secureCookie = false;
    view.generation = 3;
    view.expires = 1'800'000'000'000;
    view.attemptLifetime = 1800;
    view.requester = "Example Agency";
    view.attemptsUrl = "https://links.example.com/approve/attempts/";
    view.itemCount = 2;
    for (int i = 0; i < 2; ++i) {
        LinkItem& item = view.items[i];
        item.connection = Uuid::v7(static_cast<TimeMs>(1000 + i));
        item.connected = i == 1;
        item.pkce = i == 0;
        item.nonce = i == 1;
        item.issExpected = i == 0;
        item.provider = i ? "facebook" : "instagram";
        item.providerName = "A name";
        item.account = i ? "" : "@nike";
        item.authorizeUrl = "https://provider.example/authorize?a=b&";
        item.issuer = i ? "" : "https://provider.example";
    }
    return view;
}

void linkViewComesBack(void**) {
    const LinkView view = sampleView();
    const std::string record = encodeLinkView(view);
    const auto back = parseLinkView(bytesOf(record));
    assert_true(back.has_value());
    assert_true(back->status == view.status && back->secureCookie == view.secureCookie);
    assert_true(back->generation == view.generation && back->expires == view.expires);
    assert_int_equal(back->attemptLifetime, view.attemptLifetime);
    assertEqual(back->requester, view.requester);
    assertEqual(back->attemptsUrl, view.attemptsUrl);
    assert_int_equal(back->itemCount, 2);
    for (int i = 0; i < 2; ++i) {
        const LinkItem &got = back->items[i], &want = view.items[i];
        assert_true(got.connection == want.connection && got.connected == want.connected);
        assert_true(got.pkce == want.pkce && got.nonce == want.nonce);
        assert_true(got.issExpected == want.issExpected);
        assertEqual(got.provider, want.provider);
        assertEqual(got.providerName, want.providerName);
        assertEqual(got.account, want.account);
        assertEqual(got.authorizeUrl, want.authorizeUrl);
        assertEqual(got.issuer, want.issuer);
        assert_true(back->find(want.connection) == &got);
    }
    assert_null(back->find(Uuid::v7()));
}

template <typename Parse>
void refusesDamage(const std::string& record, Parse parse) {
    assert_true(parse(record));
    for (std::size_t length = 0; length < record.size(); ++length)
        assert_false(parse(record.substr(0, length)));
    assert_false(parse(record + '\0'));
    std::string other = record;
    other[0] = 2; // a version of the future
    assert_false(parse(other));
    // Whatever one byte is changed to, parsing ends in good order.
    for (std::size_t i = 0; i < record.size(); ++i) {
        std::string hostile = record;
        hostile[i] = static_cast<char>(0xff);
        parse(hostile);
    }
}

void linkViewRefusesDamage(void**) {
    const auto parse = [](const std::string& r) { return parseLinkView(bytesOf(r)).has_value(); };
    refusesDamage(encodeLinkView(sampleView()), parse);
    LinkView empty = sampleView();
    empty.itemCount = 0;
    assert_false(parse(encodeLinkView(empty)));
}

void approvalComesBack(void**) {
    const Approval approval{ApprovalKind::error, 3, 4, Uuid::v7(), 5, 6, "access_denied"};
    const std::string record = encodeApproval(approval);
    const auto back = parseApproval(bytesOf(record));
    assert_true(back.has_value());
    assert_true(back->kind == approval.kind && back->connection == approval.connection);
    assert_int_equal(back->edgeKey, 3);
    assert_int_equal(back->sealKey, 4);
    assert_int_equal(back->generation, 5);
    assert_int_equal(back->received, 6);
    assertEqual(back->payload, "access_denied");
    refusesDamage(record,
                  [](const std::string& r) { return parseApproval(bytesOf(r)).has_value(); });
}

void outcomeComesBack(void**) {
    for (int number = 1; number <= 8; ++number) {
        const OutcomeRecord outcome{static_cast<Outcome>(number), Uuid::v7(), 7, 8, "@adidas"};
        const std::string record = encodeOutcome(outcome);
        const auto back = parseOutcome(bytesOf(record));
        assert_true(back.has_value());
        assert_true(back->outcome == outcome.outcome && back->connection == outcome.connection);
        assert_int_equal(back->generation, 7);
        assert_int_equal(back->at, 8);
        assertEqual(back->detail, "@adidas");
        assert_true(outcomeNamed(nameOf(outcome.outcome)) == outcome.outcome);
        refusesDamage(record,
                      [](const std::string& r) { return parseOutcome(bytesOf(r)).has_value(); });
    }
}

void unknownKindsAndOutcomesAreRefused(void**) {
    const OutcomeRecord outcome{static_cast<Outcome>(9), Uuid::v7(), 7, 8, ""};
    assert_false(parseOutcome(bytesOf(encodeOutcome(outcome))).has_value());
    const Approval approval{static_cast<ApprovalKind>(3), 3, 4, Uuid::v7(), 5, 6, ""};
    assert_false(parseApproval(bytesOf(encodeApproval(approval))).has_value());
    assert_false(outcomeNamed("unknown").has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(linkViewComesBack), cmocka_unit_test(linkViewRefusesDamage),
        cmocka_unit_test(approvalComesBack), cmocka_unit_test(outcomeComesBack),
        cmocka_unit_test(unknownKindsAndOutcomesAreRefused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
