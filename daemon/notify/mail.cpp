#include "daemon/notify/mail.hpp"

#include "daemon/notify/mail_parts.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/format.h>

namespace grantlink {

namespace {

std::string approver(const MailNotice& notice) {
    return displayHandle(notice.approved, notice.account);
}

std::string orElse(const std::string& text, const char* otherwise) {
    return text.empty() ? otherwise : text;
}

} // namespace

Mail connectedMail(const MailNotice& notice) {
    const std::string account = orElse(approver(notice), "An account");
    return composeMail(notice, "connected", fmt::format("{} is connected", account));
}

Mail wrongAccountMail(const MailNotice& notice) {
    return composeMail(notice, "wrong_account",
                       fmt::format("{} approved, not {}",
                                   orElse(approver(notice), "Another account"),
                                   orElse(printable(notice.account), "the account asked for")));
}

Mail declinedMail(const MailNotice& notice) {
    const std::string to = notice.account.empty() ? "" : " to " + printable(notice.account);
    return composeMail(notice, "declined", fmt::format("Access{} was declined", to));
}

Mail brokenMail(const MailNotice& notice) {
    const std::string account = orElse(approver(notice), "A connection");
    return composeMail(notice, "broken", fmt::format("{} needs a new approval", account));
}

} // namespace grantlink
