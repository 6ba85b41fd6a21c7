// The mails to the recipient of a link: an invitation, and reminders.
//
// They are in the words of the approval pages, where these say the same.
#pragma once

#include "daemon/notify/mail.hpp"

namespace grantlink {

// `notice.link` is the link, which stops working at `notice.expires`.
Mail invitationMail(const MailNotice& notice);
Mail reminderMail(const MailNotice& notice);

} // namespace grantlink
