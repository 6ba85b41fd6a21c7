// Mails from templates: what all kinds of them share.
//
// Errors: a broken template throws std::logic_error; the unit tests render them all.
#pragma once

#include "daemon/notify/mail.hpp"

#include <kainjow/mustache.hpp>

#include <string>

namespace grantlink {

// A time for people in any country: "24 November 2026, 16:00 UTC".
std::string readableTime(TimeMs when);

// The templates `name`.txt or `name`.html of notify/templates/, with head, facts and foot of that
// format as partials. In HTML, values are escaped.
std::string renderMail(const std::string& name, const std::string& format,
                       kainjow::mustache::data data);

// What the templates know of a notice; `headline` is in the subject too.
kainjow::mustache::data mailFacts(const MailNotice& notice, const std::string& headline);

// A whole mail, for the requester: "Instagram: @nike is connected". With other data than the facts
// alone when there is more to say.
Mail composeMail(const MailNotice& notice, const std::string& name, const std::string& headline);
Mail composeMail(const MailNotice& notice, const std::string& name, const std::string& headline,
                 const kainjow::mustache::data& data);

// A text with values in it, which are escaped in HTML. `text` comes from us.
std::string renderText(const std::string& text, const std::string& format,
                       const kainjow::mustache::data& data);

} // namespace grantlink
