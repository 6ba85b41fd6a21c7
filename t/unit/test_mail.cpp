// Mails: nothing from outside gets out of its place, neither in a header nor in the HTML.
#include "daemon/notify/mail.hpp"
#include "daemon/notify/mail_header.hpp"
#include "daemon/text/printable.hpp"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
#include <cmocka.h> // last: it defines a macro called fail
}

using namespace grantlink;

namespace {

MailNotice notice() {
    return {"0195f3a2-7c4e-7aaa-8bbb-0123456789ab",
            "me@example.com",
            "0195f3a2-0000-7aaa-8bbb-0123456789ab",
            "Instagram",
            "@nike",
            "nike",
            "Example Agency",
            1764000000000,
            "",
            "",
            1764086400000,
            "en"};
}

constexpr auto kinds = {connectedMail, wrongAccountMail, declinedMail, brokenMail, expiringMail};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::vector<std::string> linesOf(const std::string& header) {
    std::vector<std::string> lines;
    std::size_t start = 0;
    for (std::size_t end; (end = header.find("\r\n", start)) != std::string::npos; start = end + 2)
        lines.push_back(header.substr(start, end - start));
    lines.push_back(header.substr(start));
    return lines;
}

std::string faultOf(std::string_view address) {
    const auto parsed = parseMailAddress(address);
    assert_false(parsed.has_value());
    return parsed.error().message;
}

void a_plain_header_stays_readable(void**) {
    assert_string_equal(unstructuredHeader("Subject", "Instagram: @nike is connected").c_str(),
                        "Subject: Instagram: @nike is connected");
}

// The names of RFC 2047, section 8, in UTF-8; the form is the shorter of the two.
void other_text_becomes_an_encoded_word(void**) {
    assert_string_equal(addressHeader("From", {"Keld Jørn Simonsen", "keld@example.com"}).c_str(),
                        "From: =?UTF-8?Q?Keld_J=C3=B8rn_Simonsen?= <keld@example.com>");
    assert_string_equal(unstructuredHeader("Subject", "Patrik Fältström, ok").c_str(),
                        "Subject: =?UTF-8?Q?Patrik_F=C3=A4ltstr=C3=B6m=2C_ok?=");
    assert_string_equal(unstructuredHeader("Subject", "日本語").c_str(),
                        "Subject: =?UTF-8?B?5pel5pys6Kqe?=");
}

void text_that_looks_encoded_is_encoded(void**) {
    assert_string_equal(unstructuredHeader("Subject", "=?UTF-8?Q?a?=").c_str(),
                        "Subject: =?UTF-8?B?PT9VVEYtOD9RP2E/PQ==?=");
}

// RFC 2047, section 2: words of 75 characters, lines of 76; section 5: whole characters only.
void long_text_is_split_between_characters(void**) {
    for (const char* character : {"ü", "語", "🎉", "a", "ab ü"}) {
        std::string text;
        for (int i = 0; i < 90; ++i)
            text += character;
        const auto lines = linesOf(unstructuredHeader("Subject", text));
        assert_true(lines.size() > 1);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            assert_true(lines[i].size() <= 76);
            const std::string word = lines[i].substr(i == 0 ? 9 : 1);
            assert_true(word.starts_with("=?UTF-8?") && word.ends_with("?="));
            assert_true(word.size() <= 75);
            // A word that begins with a continuation byte, 10xxxxxx, began within a character.
            assert_false(word.starts_with("=?UTF-8?Q?=8") || word.starts_with("=?UTF-8?Q?=9") ||
                         word.starts_with("=?UTF-8?Q?=A") || word.starts_with("=?UTF-8?Q?=B"));
        }
    }
}

void no_value_starts_a_header(void**) {
    for (const char* attack : {"nike\r\nBcc: all@example.com", "nike\nBcc: all@example.com",
                               "nike\rBcc: x", "nike\r\n\r\n<h1>", "nike\r\n Bcc: x"}) {
        const std::string subject = unstructuredHeader("Subject", attack);
        assert_int_equal(linesOf(subject).size(), 1);
        assert_int_equal(subject.find_first_of("\r\n"), std::string::npos);
        const std::string from = addressHeader("From", {attack, "a@example.com"});
        assert_int_equal(from.find_first_of("\r\n"), std::string::npos);
    }
}

void names_are_quoted_or_encoded(void**) {
    const auto header = [](const char* name) {
        return addressHeader("From", {name, "a@example.com"});
    };
    assert_string_equal(header("").c_str(), "From: a@example.com");
    assert_string_equal(header("Example Agency").c_str(), "From: Example Agency <a@example.com>");
    assert_string_equal(header("Agency, \"Inc\" <b@x>").c_str(),
                        "From: \"Agency, \\\"Inc\\\" <b@x>\" <a@example.com>");
    assert_string_equal(header("Grüße").c_str(), "From: =?UTF-8?B?R3LDvMOfZQ==?= <a@example.com>");
    for (const std::string& line :
         linesOf(header("Ein sehr langer Name für eine Agentur, die Grüße verschickt")))
        assert_true(line.size() <= 76);
}

void good_addresses_are_taken_apart(void**) {
    assert_string_equal(parseMailAddress("me@example.com")->address.c_str(), "me@example.com");
    const auto named = parseMailAddress("Example Agency <a.b+c@mail.example.com>");
    assert_string_equal(named->name.c_str(), "Example Agency");
    assert_string_equal(named->address.c_str(), "a.b+c@mail.example.com");
    assert_string_equal(parseMailAddress("\"A, \\\"B\\\"\" <a@b.c>")->name.c_str(), "A, \"B\"");
    assert_string_equal(parseMailAddress("root@localhost")->address.c_str(), "root@localhost");
}

void bad_addresses_are_refused_with_a_reason(void**) {
    assert_true(contains(faultOf("example.com"), "the @ is missing"));
    assert_true(contains(faultOf(""), "there is no address"));
    assert_true(contains(faultOf("Name <>"), "there is no address"));
    assert_true(contains(faultOf("a@b.c, d@e.f"), "exactly one"));
    assert_true(contains(faultOf("a@b.c;d@e.f"), "exactly one"));
    assert_true(contains(faultOf("a@b.c, <d@e.f>"), "exactly one"));
    assert_true(contains(faultOf("a@b@c"), "more than one @"));
    assert_true(contains(faultOf("a b@c.d"), "space"));
    assert_true(contains(faultOf("a@b.c\r\nRCPT TO:<x@y.z>"), "control character"));
    assert_true(contains(faultOf(std::string_view("a@b.c\0", 6)), "control character"));
    assert_true(contains(faultOf("a@münchen.de"), "xn--"));
    assert_true(contains(faultOf("a@-b.c"), "host name"));
    assert_true(contains(faultOf("a@b..c"), "host name"));
    assert_true(contains(faultOf("a..b@c.d"), "before the @"));
    assert_true(contains(faultOf(std::string(65, 'a') + "@b.c"), "too long"));
    assert_true(contains(faultOf("a <b@c.d"), "exactly one"));
}

void every_mail_has_both_parts(void**) {
    for (const auto compose : kinds) {
        const Mail mail = compose(notice());
        assert_string_equal(mail.id.c_str(), "0195f3a2-7c4e-7aaa-8bbb-0123456789ab");
        assert_string_equal(mail.to.c_str(), "me@example.com");
        assert_true(mail.subject.starts_with("Instagram: "));
        for (const std::string& part : {mail.text, mail.html}) {
            assert_true(contains(part, "@nike"));
            assert_true(contains(part, "Example Agency"));
            assert_true(contains(part, "24 November 2025, 16:00 UTC"));
            assert_true(contains(part, " 0195f3a2-0000-7aaa-8bbb-0123456789ab"));
            assert_false(contains(part, "{{"));
        }
        assert_true(mail.html.starts_with("<!DOCTYPE html>"));
        assert_true(contains(mail.html, "</html>"));
        assert_false(contains(mail.html, "src="));
        assert_false(contains(mail.text, "<"));
    }
}

void the_subject_says_what_happened(void**) {
    MailNotice what = notice();
    assert_string_equal(connectedMail(what).subject.c_str(), "Instagram: @nike is connected");
    assert_string_equal(declinedMail(what).subject.c_str(),
                        "Instagram: Access to @nike was declined");
    what.approved = "adidas";
    assert_string_equal(wrongAccountMail(what).subject.c_str(),
                        "Instagram: @adidas approved, not @nike");
}

std::set<std::string> wordsOf(const std::string& text) {
    std::set<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && !contains(line, "  grantlink ") && !contains(line, "https://"))
            out.insert(line);
    return out;
}

// No line of another language is one of English, with and without what a mail may leave out.
void each_language_is_whole(void**) {
    MailNotice much = notice(), little = notice();
    much.reason = "it is over";
    much.link = "https://links.example.com/approve/xyz";
    little.account = little.approved = "";
    for (const char* language : {"ar", "de", "es", "fr", "ja", "pt"})
        for (const auto compose : kinds)
            for (MailNotice what : {much, little}) {
                what.language = "en";
                const auto english = wordsOf(compose(what).text);
                what.language = language;
                const Mail mail = compose(what);
                for (const std::string& line : wordsOf(mail.text))
                    assert_false(english.contains(line));
                assert_string_not_equal(mail.subject.c_str(), english.begin()->c_str());
                for (const std::string& part : {mail.subject, mail.text, mail.html})
                    assert_false(contains(part, "{{") || contains(part, "}}"));
                assert_false(contains(mail.text, "<"));
                assert_true(contains(mail.html, std::string("<html lang=\"") + language +
                                                    "\" dir=\"" +
                                                    (what.language == "ar" ? "rtl" : "ltr") + '"'));
                const bool hasLink = contains(mail.text, "https://");
                const bool asks = compose == brokenMail || compose == expiringMail;
                assert_true(hasLink == (asks && !what.link.empty()));
                assert_true(contains(mail.html, "https://links.") == hasLink);
            }
}

void a_warning_says_when(void**) {
    const Mail mail = expiringMail(notice());
    assert_string_equal(mail.subject.c_str(), "Instagram: the link for @nike expires soon");
    assert_true(contains(mail.text, "25 November 2025, 16:00 UTC"));
    MailNotice several = notice();
    several.accounts = {{"Instagram", "@nike"}, {"Facebook", "@adidas"}, {"Facebook", ""}};
    assert_string_equal(expiringMail(several).subject.c_str(),
                        "Instagram, Facebook: the link for @nike, @adidas expires soon");
    MailNotice there = notice();
    there.language = "ja";
    assert_true(contains(expiringMail(there).text, "2025年11月25日 16:00 UTC"));
}

void any_account_leaves_no_empty_row(void**) {
    MailNotice what = notice();
    what.account.clear();
    assert_false(contains(connectedMail(what).text, "Asked for"));
    assert_false(contains(connectedMail(what).html, "Asked for"));
    assert_string_equal(expiringMail(what).subject.c_str(), "Instagram: the link expires soon");
}

void html_is_escaped_and_text_is_not(void**) {
    MailNotice what = notice();
    what.approved = "<script>alert('1')</script>";
    what.requester = "Müller & \"Söhne\" {{provider}}";
    const Mail mail = wrongAccountMail(what);
    assert_false(contains(mail.html, "<script"));
    assert_true(contains(mail.html, "&lt;script&gt;alert(&apos;1&apos;)&lt;/script&gt;"));
    assert_true(contains(mail.html, "Müller &amp; &quot;Söhne&quot; {{provider}}"));
    assert_true(contains(mail.text, "@<script>alert('1')</script>"));
    assert_true(contains(mail.text, "Müller & \"Söhne\" {{provider}}"));
}

void names_stay_on_one_line_and_short(void**) {
    MailNotice what = notice();
    what.approved = "nike\n\nSend your password to evil@example.com";
    what.requester = std::string(100000, 'x');
    const Mail mail = connectedMail(what);
    assert_false(contains(mail.text, "\nSend your"));
    assert_true(mail.text.size() < 4000);
}

void printable_text_has_no_surprises(void**) {
    assert_string_equal(printable("a\x1b[31m\tb").c_str(), "a [31m b");
    assert_string_equal(printable("a\xff\xc3").c_str(), "a\ufffd\ufffd");
    assert_string_equal(printable("user\u202etxt.exe\u2066").c_str(), "usertxt.exe");
    assert_string_equal(printable("\u0085x\u2028y").c_str(), " x y");
    assert_string_equal(printable("日本語テキスト", 4).c_str(), "日本語…");
    assert_string_equal(printable("日本語", 3).c_str(), "日本語");
}

void handles_are_written_like_the_one_asked_for(void**) {
    assert_string_equal(displayHandle("nike", "@nike").c_str(), "@nike");
    assert_string_equal(displayHandle("nike", "").c_str(), "@nike");
    assert_string_equal(displayHandle("@nike", "").c_str(), "@nike");
    assert_string_equal(displayHandle("Acme", "acme").c_str(), "Acme");
    assert_string_equal(displayHandle("a@b.c", "").c_str(), "a@b.c");
    assert_string_equal(displayHandle("Example Workspace", "").c_str(), "Example Workspace");
    assert_string_equal(displayHandle("", "@nike").c_str(), "");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_header_stays_readable),
        cmocka_unit_test(other_text_becomes_an_encoded_word),
        cmocka_unit_test(text_that_looks_encoded_is_encoded),
        cmocka_unit_test(long_text_is_split_between_characters),
        cmocka_unit_test(no_value_starts_a_header),
        cmocka_unit_test(names_are_quoted_or_encoded),
        cmocka_unit_test(good_addresses_are_taken_apart),
        cmocka_unit_test(bad_addresses_are_refused_with_a_reason),
        cmocka_unit_test(every_mail_has_both_parts),
        cmocka_unit_test(the_subject_says_what_happened),
        cmocka_unit_test(each_language_is_whole),
        cmocka_unit_test(a_warning_says_when),
        cmocka_unit_test(any_account_leaves_no_empty_row),
        cmocka_unit_test(html_is_escaped_and_text_is_not),
        cmocka_unit_test(names_stay_on_one_line_and_short),
        cmocka_unit_test(printable_text_has_no_surprises),
        cmocka_unit_test(handles_are_written_like_the_one_asked_for),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
