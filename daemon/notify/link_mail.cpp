#include "daemon/notify/link_mail.hpp"

#include "daemon/notify/mail_languages.hpp"
#include "daemon/notify/mail_parts.hpp"
#include "daemon/notify/page_languages.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/printable.hpp"
#include "daemon/toml_reader.hpp"
#include "shared/language_tag.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <stdexcept>
#include <string_view>

namespace grantlink {

namespace {

namespace mustache = kainjow::mustache;

toml::table parsed(std::string_view text) {
    toml::parse_result result = toml::parse(text);
    if (!result)
        throw std::logic_error("the texts of mails: " + std::string(result.error().description()));
    return std::move(result).table();
}

std::string fileOf(std::string_view language) {
    return lowerCase(language) + ".toml";
}

// The tag of a language that we have.
std::string knownLanguage(std::string_view wanted) {
    while (!wanted.empty() && !mailLanguage(fileOf(wanted)).data())
        wanted = shorterLanguageTag(wanted);
    return wanted.empty() ? "en" : std::string(wanted);
}

// What the pages say, and what mails alone say.
class Language {
  public:
    explicit Language(const std::string& tag)
        : page_(parsed(pageLanguage(fileOf(tag)))), mail_(parsed(mailLanguage(fileOf(tag)))) {}

    std::string direction() const { return page_["direction"].value_or(std::string()); }

    std::string page(std::string_view key) const { return textIn(page_["strings"][key]); }

    std::string mail(std::string_view key) const { return textIn(mail_[key]); }

    std::string date(TimeMs when) const {
        const std::tm day = fmt::gmtime(static_cast<std::time_t>(when / 1000));
        const std::string month = textIn(page_["months"][static_cast<std::size_t>(day.tm_mon)]);
        return fmt::format(fmt::runtime(textIn(page_["date"])), fmt::arg("day", day.tm_mday),
                           fmt::arg("month", month), fmt::arg("month_number", day.tm_mon + 1),
                           fmt::arg("year", day.tm_year + 1900));
    }

  private:
    static std::string textIn(toml::node_view<const toml::node> node) {
        const auto text = node.value<std::string>();
        if (!text)
            throw std::logic_error("a text of mails is missing");
        return *text;
    }

    const toml::table page_, mail_;
};

// The pages' texts have mark-up that a text part has not.
std::string withoutTags(const std::string& text) {
    std::string out;
    bool inTag = false;
    for (const char c : text) {
        inTag = inTag || c == '<';
        if (!inTag)
            out += c;
        inTag = inTag && c != '>';
    }
    return out;
}

std::string partOf(const Language& language, const MailNotice& notice, TimeMs expires,
                   const std::string& tag, const std::string& subject, const std::string& format) {
    mustache::data values;
    values.set("requester", printable(notice.requester));
    values.set("provider", printable(notice.provider));
    values.set("expires", language.date(expires));
    if (!notice.account.empty())
        values.set("account", printable(notice.account));
    const auto say = [&](const std::string& text) {
        return renderText(format == "txt" ? withoutTags(text) : text, format, values);
    };
    mustache::data data;
    data.set("language", tag);
    data.set("direction", language.direction());
    data.set("subject", subject);
    data.set("link", notice.link);
    data.set("heading", say(language.page("ready_heading")));
    data.set("text", say(language.page("ready_text")));
    data.set("sign_in", say(language.page("how_sign_in")));
    data.set("until", say(language.page("ready_until")));
    data.set("safe", say(language.page("safe_password")));
    data.set("open", say(language.mail("open_button")));
    data.set("unexpected", say(language.mail("unexpected")));
    data.set("why", say(language.mail("invitation_why")));
    return renderMail("recipient", format, data);
}

Mail recipientMail(const MailNotice& notice, TimeMs expires, const std::string& wanted,
                   bool isReminder) {
    const std::string tag = knownLanguage(wanted);
    const Language language(tag);
    mustache::data values;
    values.set("requester", printable(notice.requester));
    const std::string subject = renderText(
        isReminder ? language.mail("reminder_title") : language.page("ready_title"), "txt", values);
    return {notice.id, notice.to, subject, partOf(language, notice, expires, tag, subject, "txt"),
            partOf(language, notice, expires, tag, subject, "html")};
}

} // namespace

Mail expiringMail(const MailNotice& notice, TimeMs expires) {
    const std::string headline =
        notice.account.empty()
            ? "the link expires soon"
            : fmt::format("the link for {} expires soon", printable(notice.account));
    mustache::data data = mailFacts(notice, headline);
    data.set("expires", readableTime(expires));
    return composeMail(notice, "expiring", headline, data);
}

Mail invitationMail(const MailNotice& notice, TimeMs expires, const std::string& language) {
    return recipientMail(notice, expires, language, false);
}

Mail reminderMail(const MailNotice& notice, TimeMs expires, const std::string& language) {
    return recipientMail(notice, expires, language, true);
}

} // namespace grantlink
