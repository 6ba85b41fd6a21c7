#include "daemon/notify/mail_parts.hpp"

#include "daemon/notify/mail_templates.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

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

} // namespace

// RFC 5322 has its own date format for headers; this one is for people, in any country.
std::string readableTime(TimeMs when) {
    return fmt::format("{:%d %B %Y, %H:%M} UTC",
                       fmt::gmtime(static_cast<std::time_t>(when / 1000)));
}

std::string renderText(const std::string& text, const std::string& format,
                       const mustache::data& data) {
    mustache::mustache page(text);
    if (format == "txt")
        page.set_custom_escape([](const std::string& value) { return value; });
    std::string out = page.render(data);
    if (!page.is_valid())
        throw std::logic_error("mail template: " + page.error_message());
    return out;
}

std::string renderMail(const std::string& name, const std::string& format, mustache::data data) {
    for (const char* shared : {"head", "facts", "foot"})
        data.set(shared, mustache::data(mustache::partial([shared, format] {
                     return templateText(fmt::format("{}.{}", shared, format));
                 })));
    return renderText(templateText(fmt::format("{}.{}", name, format)), format, data);
}

mustache::data mailFacts(const MailNotice& notice, const std::string& headline) {
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

Mail composeMail(const MailNotice& notice, const std::string& name, const std::string& headline) {
    return composeMail(notice, name, headline, mailFacts(notice, headline));
}

Mail composeMail(const MailNotice& notice, const std::string& name, const std::string& headline,
                 const mustache::data& data) {
    return {notice.id, notice.to, fmt::format("{}: {}", printable(notice.provider, 60), headline),
            renderMail(name, "txt", data), renderMail(name, "html", data)};
}

} // namespace grantlink
