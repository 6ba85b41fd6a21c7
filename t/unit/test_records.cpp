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
    view.generation = 3;
    view.expires = 1'800'000'000'000;
    view.requester = "Example Agency";
    view.language = "pt";
    view.brand = "acme";
    view.message = "Hello,\nplease connect both.";
    for (int i = 0; i < 2; ++i) {
        LinkItem& item = view.items.emplace_back();
        item.connection = Uuid::v7(static_cast<TimeMs>(1000 + i));
        item.connected = i == 1;
        item.withdrawn = i == 0;
        if (i == 0)
            item.lastOutcome = Outcome::wrongAccount;
        item.provider = i ? "facebook" : "instagram";
        item.account = i ? "" : "@nike";
    }
    return view;
}

void linkViewComesBack(void**) {
    const LinkView view = sampleView();
    const std::string record = encodeLinkView(view);
    const auto back = parseLinkView(bytesOf(record));
    assert_true(back.has_value());
    assert_true(back->status == view.status);
    assert_true(back->generation == view.generation && back->expires == view.expires);
    assertEqual(back->requester, view.requester);
    assertEqual(back->language, view.language);
    assertEqual(back->brand, view.brand);
    assertEqual(back->message, view.message);
    assert_int_equal(back->items.size(), 2);
    for (int i = 0; i < 2; ++i) {
        const LinkItem &got = back->items[i], &want = view.items[i];
        assert_true(got.connection == want.connection && got.connected == want.connected);
        assert_true(got.withdrawn == want.withdrawn && got.lastOutcome == want.lastOutcome);
        assertEqual(got.provider, want.provider);
        assertEqual(got.account, want.account);
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
    other[0] = 9; // a version of the future
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
    LinkView unknown = sampleView();
    unknown.items[0].lastOutcome = static_cast<Outcome>(9);
    assert_false(parse(encodeLinkView(unknown)));
    LinkView empty = sampleView();
    empty.items.clear();
    assert_false(parse(encodeLinkView(empty)));
}

void providerViewComesBack(void**) {
    const ProviderView view{"Instagram",
                            "https://provider.example/authorize?a=b&",
                            "https://provider.example",
                            false,
                            true,
                            true,
                            true,
                            "https://provider.example/logout",
                            {{"de", "Abmelden."}, {"en", "Sign out."}}};
    const std::string record = encodeProviderView(view);
    const auto back = parseProviderView(bytesOf(record));
    assert_true(back.has_value());
    assertEqual(back->name, view.name);
    assertEqual(back->authorizeUrl, view.authorizeUrl);
    assertEqual(back->issuer, view.issuer);
    assert_true(!back->pkce && back->nonce && back->pushed && back->issExpected);
    assertEqual(back->switchUrl, view.switchUrl);
    assert_int_equal(back->switchHints.size(), 2);
    assertEqual(back->switchHints[1].language, "en");
    assertEqual(back->switchHints[1].text, "Sign out.");
    refusesDamage(record,
                  [](const std::string& r) { return parseProviderView(bytesOf(r)).has_value(); });
}

void brandAndSiteComeBack(void**) {
    const std::string brand = encodeBrandView({"Acme", "1f5f4a", "logo-0123.png"});
    const auto brandBack = parseBrandView(bytesOf(brand));
    assert_true(brandBack.has_value());
    assertEqual(brandBack->name, "Acme");
    assertEqual(brandBack->colour, "1f5f4a");
    assertEqual(brandBack->logo, "logo-0123.png");
    refusesDamage(brand,
                  [](const std::string& r) { return parseBrandView(bytesOf(r)).has_value(); });
    const std::string site = encodeSiteView({"https://links.example.com/attempts/", true, 1800});
    const auto siteBack = parseSiteView(bytesOf(site));
    assert_true(siteBack.has_value() && siteBack->secureCookie);
    assertEqual(siteBack->attemptsUrl, "https://links.example.com/attempts/");
    assert_int_equal(siteBack->attemptLifetime, 1800);
    refusesDamage(site, [](const std::string& r) { return parseSiteView(bytesOf(r)).has_value(); });
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
    const CMUnitTest tests[] = {cmocka_unit_test(linkViewComesBack),
                                cmocka_unit_test(linkViewRefusesDamage),
                                cmocka_unit_test(providerViewComesBack),
                                cmocka_unit_test(brandAndSiteComeBack),
                                cmocka_unit_test(approvalComesBack),
                                cmocka_unit_test(outcomeComesBack),
                                cmocka_unit_test(unknownKindsAndOutcomesAreRefused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
