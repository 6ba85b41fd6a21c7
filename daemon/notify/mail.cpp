#include "daemon/notify/mail.hpp"

#include "daemon/notify/mail_templates.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <kainjow/mustache.hpp>

#include <ctime>
#include <stdexcept>
#include <string_view>

namespace grantlink {

namespace {

namespace mustache = kainjow::mustache;

std::string templateText(const std::string& file) {
    const std::string_view text = mailTemplate(file);
    if (!text.data())
        throw std::logic_error("no mail template is called " + file);
    return std::string(text);
}

// RFC 5322 has its own date format for headers; this one is for people, in any country.
std::string readableTime(TimeMs when) {
    return fmt::format("{:%d %B %Y, %H:%M} UTC",
                       fmt::gmtime(static_cast<std::time_t>(when / 1000)));
}

mustache::data facts(const MailNotice& notice, const std::string& headline) {
    mustache::data data;
    data.set("headline", headline);
    data.set("connection", printable(notice.connection));
    data.set("provider", printable(notice.provider));
    data.set("requester", printable(notice.requester));
    data.set("when", readableTime(notice.when));
    // A name that is not set makes its {{#section}} vanish.
    if (!notice.account.empty())
        data.set("account", printable(notice.account));
    if (!notice.approved.empty())
        data.set("approved", displayHandle(notice.approved, notice.account));
    if (!notice.reason.empty())
        data.set("reason", printable(notice.reason));
    if (!notice.link.empty())
        data.set("link", notice.link);
    return data;
}

// The templates `name`.txt or `name`.html, with head, facts and foot of that format as partials.
std::string render(const std::string& name, const std::string& format, mustache::data data) {
    for (const char* shared : {"head", "facts", "foot"})
        data.set(shared, mustache::data(mustache::partial([shared, format] {
                     return templateText(fmt::format("{}.{}", shared, format));
                 })));
    mustache::mustache page(templateText(fmt::format("{}.{}", name, format)));
    if (format == "txt")
        page.set_custom_escape([](const std::string& text) { return text; });
    std::string out = page.render(data);
    if (!page.is_valid())
        throw std::logic_error(
            fmt::format("mail template {}.{}: {}", name, format, page.error_message()));
    return out;
}

Mail compose(const MailNotice& notice, const std::string& name, const std::string& headline) {
    const mustache::data data = facts(notice, headline);
    return {notice.id, notice.to, fmt::format("{}: {}", printable(notice.provider, 60), headline),
            render(name, "txt", data), render(name, "html", data)};
}

std::string approver(const MailNotice& notice) {
    return displayHandle(notice.approved, notice.account);
}

std::string orElse(const std::string& text, const char* otherwise) {
    return text.empty() ? otherwise : text;
}

} // namespace

Mail connectedMail(const MailNotice& notice) {
    const std::string account = orElse(approver(notice), "An account");
    return compose(notice, "connected", fmt::format("{} is connected", account));
}

Mail wrongAccountMail(const MailNotice& notice) {
    return compose(notice, "wrong_account",
                   fmt::format("{} approved, not {}", orElse(approver(notice), "Another account"),
                               orElse(printable(notice.account), "the account asked for")));
}

Mail declinedMail(const MailNotice& notice) {
    const std::string to = notice.account.empty() ? "" : " to " + printable(notice.account);
    return compose(notice, "declined", fmt::format("Access{} was declined", to));
}

Mail brokenMail(const MailNotice& notice) {
    const std::string account = orElse(approver(notice), "A connection");
    return compose(notice, "broken", fmt::format("{} needs a new approval", account));
}

} // namespace grantlink
