#include "daemon/notify/link_mail.hpp"

#include "daemon/notify/mail_language.hpp"
#include "daemon/notify/mail_parts.hpp"
#include "daemon/text/printable.hpp"

#include <sstream>

namespace grantlink {

namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t maxMessageLine = 1000; // characters

// The texts of one part of a mail.
class Speaker {
  public:
    Speaker(const MailNotice& notice, const std::string& expires, std::string format)
        : format_(std::move(format)) {
        values_.set("requester", printable(notice.requester));
        values_.set("expires", expires);
        name({notice.provider, notice.account});
    }

    void name(const AskedAccount& account) {
        values_.set("provider", printable(account.provider));
        if (!account.account.empty())
            values_.set("account", printable(account.account));
        else
            values_.set("account", false);
    }

    std::string operator()(const std::string& text) const {
        return renderText(text, format_, values_);
    }

  private:
    mustache::data values_;
    std::string format_;
};

// "@nike on Instagram", one after the other.
mustache::data listOf(const MailNotice& notice, const MailLanguage& language, Speaker say) {
    mustache::data out(mustache::data::type::list);
    for (const AskedAccount& account : notice.accounts) {
        say.name(account);
        const std::string text =
            account.account.empty()
                ? language.page("account_any")
                : "<strong><bdi>{{account}}</bdi></strong> " + language.page("account_on");
        out.push_back(mustache::data("line", say(text)));
    }
    return out;
}

mustache::data linesOf(const std::string& message) {
    mustache::data out(mustache::data::type::list);
    std::istringstream lines(message);
    for (std::string line; std::getline(lines, line);)
        out.push_back(mustache::data("line", printable(line, maxMessageLine)));
    return out;
}

std::string partOf(const MailLanguage& language, const MailNotice& notice,
                   const std::string& subject, const std::string& format) {
    const bool several = notice.accounts.size() > 1;
    Speaker say(notice, language.date(notice.expires), format);
    if (notice.accounts.size() == 1) // which may be another one than when the notice was written
        say.name(notice.accounts.front());
    mustache::data data;
    data.set("language", language.tag());
    data.set("direction", language.direction());
    data.set("subject", subject);
    data.set("link", notice.link);
    data.set("heading", say(language.page(several ? "accounts_heading" : "ready_heading")));
    data.set("text", say(language.page(several ? "accounts_text" : "ready_text")));
    if (several)
        data.set("accounts", listOf(notice, language, say));
    else
        data.set("sign_in", say(language.page("how_sign_in")));
    if (!notice.message.empty()) {
        mustache::data message("from", say(language.page("message_from")));
        message.set("lines", linesOf(notice.message));
        data.set("message", message);
    }
    data.set("until", say(language.page("ready_until")));
    data.set("safe", say(language.page(several ? "accounts_password" : "safe_password")));
    data.set("open", say(language.mail("open_button")));
    data.set("unexpected", say(language.mail("unexpected")));
    data.set("why", say(language.mail("invitation_why")));
    return renderMail("recipient", format, data);
}

Mail recipientMail(const MailNotice& notice, bool isReminder) {
    const MailLanguage language(notice.language);
    mustache::data values;
    values.set("requester", printable(notice.requester));
    const std::string subject = renderText(
        isReminder ? language.mail("reminder_title") : language.page("ready_title"), "txt", values);
    return {notice.id, notice.to, subject, partOf(language, notice, subject, "txt"),
            partOf(language, notice, subject, "html")};
}

} // namespace

Mail invitationMail(const MailNotice& notice) {
    return recipientMail(notice, false);
}

Mail reminderMail(const MailNotice& notice) {
    return recipientMail(notice, true);
}

} // namespace grantlink
