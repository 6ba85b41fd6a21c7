// The mails about a link that waits: to its requester before it expires, and to its recipient.
//
// The recipient's are in the language of the approval pages, and in their words where these say the
// same; what mails alone say is in notify/languages/.
#pragma once

#include "daemon/notify/mail.hpp"

#include <string>

namespace grantlink {

// `notice.link` is the link, which stops working at `expires`.
Mail expiringMail(const MailNotice& notice, TimeMs expires);

// `language`: a BCP 47 tag; of one that is not known a shorter one is tried (RFC 4647,
// section 3.4), and at last English.
Mail invitationMail(const MailNotice& notice, TimeMs expires, const std::string& language);
Mail reminderMail(const MailNotice& notice, TimeMs expires, const std::string& language);

} // namespace grantlink
