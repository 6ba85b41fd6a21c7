// Mails to recipients: in each language complete, and with nothing from outside out of its place.
#include "daemon/notify/link_mail.hpp"

#include "t/unit/cmocka.hpp"

#include <set>

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr TimeMs expires = 1764000000000; // 24 November 2025

MailNotice notice(const std::string& language = "en") {
    MailNotice out;
    out.expires = expires;
    out.language = language;
    out.to = "her@example.com";
    out.provider = "Instagram";
    out.account = "@nike";
    out.requester = "A & B <c>";
    out.link = "https://links.example.com/approve/xyz";
    return out;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

void assertWhole(const Mail& mail) {
    for (const std::string* part : {&mail.subject, &mail.text, &mail.html}) {
        assert_false(part->empty());
        assert_false(has(*part, "{{"));
        assert_false(has(*part, "}}"));
    }
    assert_true(has(mail.text, notice().link));
    assert_true(has(mail.html, notice().link));
    assert_true(has(mail.text, "A & B <c>"));
    assert_false(has(mail.html, "<c>"));
    assert_false(has(mail.text, "<bdi>"));
}

void eachLanguageIsComplete(void**) {
    std::set<std::string> subjects, bodies;
    for (const char* language : {"ar", "de", "en", "es", "fr", "ja", "pt"}) {
        const Mail invitation = invitationMail(notice(language));
        const Mail reminder = reminderMail(notice(language));
        assertWhole(invitation);
        assertWhole(reminder);
        assert_true(has(invitation.html, std::string("lang=\"") + language + '"'));
        assert_true(has(invitation.text, "2025"));
        subjects.insert(invitation.subject);
        subjects.insert(reminder.subject);
        bodies.insert(invitation.text);
    }
    assert_int_equal(subjects.size(), 14);
    assert_int_equal(bodies.size(), 7);
}

void theNextLanguageIsTaken(void**) {
    const auto subject = [](const char* language) {
        return invitationMail(notice(language)).subject;
    };
    assertEqual(subject("de-CH-1901"), subject("de"));
    assertEqual(subject("PT-br"), subject("pt"));
    assertEqual(subject("tlh"), subject("en"));
    assertEqual(subject(""), subject("en"));
    assertEqual(subject("../de"), subject("en"));
}

void datesAreWrittenAsThere(void**) {
    assert_true(has(invitationMail(notice("de")).text, "24. November 2025"));
    assert_true(has(invitationMail(notice("ja")).text, "2025年11月24日"));
    assert_true(has(invitationMail(notice("es")).text, "24 de noviembre de 2025"));
}

void anyAccountIsNotNamed(void**) {
    MailNotice any = notice();
    any.account.clear();
    assertWhole(invitationMail(any));
    assert_false(has(invitationMail(any).text, " as "));
}

void severalAccountsAreListed(void**) {
    for (const char* language : {"ar", "de", "en", "es", "fr", "ja", "pt"}) {
        MailNotice several = notice(language);
        several.accounts = {{"Instagram", "@nike"}, {"Face & <book>", ""}};
        several.message = "Hello <b>,\nplease.";
        const Mail mail = invitationMail(several);
        assertWhole(mail);
        assert_true(has(mail.text, "@nike"));
        assert_true(has(mail.text, "Face & <book>"));
        assert_true(has(mail.html, "Face &amp; &lt;book&gt;"));
        assert_true(has(mail.text, "> Hello <b>,\n> please."));
        assert_true(has(mail.html, "Hello &lt;b&gt;,<br>please.<br>"));
    }
}

// The one that still waits may be another than when the notification was made.
void theOneThatIsLeftIsNamed(void**) {
    MailNotice left = notice("en");
    left.accounts = {{"Facebook", "@adidas"}};
    const Mail mail = reminderMail(left);
    assertWhole(mail);
    assert_true(has(mail.text, "your Facebook account"));
    assert_false(has(mail.text, "nike"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(eachLanguageIsComplete),   cmocka_unit_test(theNextLanguageIsTaken),
        cmocka_unit_test(datesAreWrittenAsThere),   cmocka_unit_test(anyAccountIsNotNamed),
        cmocka_unit_test(severalAccountsAreListed), cmocka_unit_test(theOneThatIsLeftIsNamed)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
