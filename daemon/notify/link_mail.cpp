#include "daemon/notify/link_mail.hpp"

#include "daemon/notify/mail_language.hpp"
#include "daemon/notify/mail_parts.hpp"
#include "daemon/text/printable.hpp"

namespace grantlink {

namespace {

namespace mustache = kainjow::mustache;

std::string partOf(const MailLanguage& language, const MailNotice& notice,
                   const std::string& subject, const std::string& format) {
    mustache::data values;
    values.set("requester", printable(notice.requester));
    values.set("provider", printable(notice.provider));
    values.set("expires", language.date(notice.expires));
    if (!notice.account.empty())
        values.set("account", printable(notice.account));
    const auto say = [&](const std::string& text) { return renderText(text, format, values); };
    mustache::data data;
    data.set("language", language.tag());
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
