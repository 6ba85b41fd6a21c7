#include "daemon/notify/mail.hpp"

#include "daemon/notify/mail_language.hpp"
#include "daemon/notify/mail_parts.hpp"
#include "daemon/text/printable.hpp"

#include <vector>

namespace grantlink {

namespace {

namespace mustache = kainjow::mustache;

// What the kinds of mails to a requester differ in, but for their words.
struct Kind {
    std::string name; // as its texts begin
    const char* mood; // a section of the template
    std::vector<const char*> commands;
};

// What texts may have in them. A name that is not set makes its {{#section}} vanish.
mustache::data valuesOf(const MailNotice& notice, const MailLanguage& language) {
    mustache::data values;
    values.set("provider", printable(notice.provider, 60));
    values.set("requester", printable(notice.requester));
    if (!notice.account.empty())
        values.set("account", printable(notice.account));
    if (!notice.approved.empty())
        values.set("approved", displayHandle(notice.approved, notice.account));
    if (!notice.reason.empty())
        values.set("reason", printable(notice.reason));
    if (notice.expires)
        values.set("expires", language.time(notice.expires));
    return values;
}

mustache::data factsOf(const MailNotice& notice, const MailLanguage& language) {
    mustache::data facts(mustache::data::type::list);
    const auto add = [&](const char* label, const std::string& value) {
        if (value.empty())
            return;
        mustache::data fact;
        fact.set("label", language.mail(label));
        fact.set("value", value);
        facts.push_back(fact);
    };
    add("fact_provider", printable(notice.provider));
    add("fact_account", printable(notice.account));
    if (!notice.approved.empty())
        add("fact_approved", displayHandle(notice.approved, notice.account));
    add("fact_requester", printable(notice.requester));
    add("fact_when", language.time(notice.when));
    add("fact_connection", printable(notice.connection));
    return facts;
}

mustache::data commandsOf(const MailNotice& notice, const Kind& kind) {
    mustache::data commands(mustache::data::type::list);
    for (const char* command : kind.commands)
        commands.push_back("grantlink " + std::string(command) + " " +
                           printable(notice.connection));
    return commands;
}

std::string subjectOf(const Kind& kind, const MailLanguage& language, mustache::data values) {
    values.set("title", renderText(language.mail(kind.name + "_title"), "txt", values));
    return renderText(language.mail("subject"), "txt", values);
}

std::string partOf(const MailNotice& notice, const Kind& kind, const MailLanguage& language,
                   const mustache::data& values, const std::string& subject,
                   const std::string& format) {
    mustache::data data;
    const auto say = [&](const char* name, const std::string& key) {
        if (language.hasMail(key))
            data.set(name, renderText(language.mail(key), format, values));
    };
    data.set("language", language.tag());
    data.set("direction", language.direction());
    data.set("subject", subject);
    data.set(kind.mood, true);
    say("title", kind.name + "_title");
    say("text", kind.name + "_text");
    say("next", kind.name + "_next");
    if (!notice.reason.empty())
        say("reason", kind.name + "_reason");
    if (!notice.link.empty())
        say("send", kind.name + "_link");
    data.set("link", notice.link);
    data.set("facts", factsOf(notice, language));
    say("see", kind.name + "_see");
    data.set("commands", commandsOf(notice, kind));
    say("why", "requester_why");
    return renderMail("requester", format, data);
}

Mail requesterMail(const MailNotice& notice, const Kind& kind) {
    const MailLanguage language(notice.language);
    const mustache::data values = valuesOf(notice, language);
    const std::string subject = subjectOf(kind, language, values);
    return {notice.id, notice.to, subject, partOf(notice, kind, language, values, subject, "txt"),
            partOf(notice, kind, language, values, subject, "html")};
}

// As the texts and facts have them: one after the other.
MailNotice namingAll(MailNotice notice) {
    if (notice.accounts.empty())
        return notice;
    notice.provider.clear();
    notice.account.clear();
    for (const AskedAccount& one : notice.accounts) {
        const bool named = notice.provider.find(one.provider) != std::string::npos;
        if (!named)
            notice.provider += (notice.provider.empty() ? "" : ", ") + one.provider;
        if (!one.account.empty())
            notice.account += (notice.account.empty() ? "" : ", ") + one.account;
    }
    return notice;
}

} // namespace

Mail connectedMail(const MailNotice& notice) {
    return requesterMail(notice, {"connected", "good", {"show"}});
}

Mail wrongAccountMail(const MailNotice& notice) {
    return requesterMail(notice, {"wrong_account", "warn", {"show", "link"}});
}

Mail declinedMail(const MailNotice& notice) {
    return requesterMail(notice, {"declined", "calm", {"show", "cancel"}});
}

Mail brokenMail(const MailNotice& notice) {
    return requesterMail(notice, {"broken", "warn", {"show", "regenerate"}});
}

Mail expiringMail(const MailNotice& notice) {
    return requesterMail(namingAll(notice), {"expiring", "warn", {"regenerate"}});
}

} // namespace grantlink
