// The mails that tell a requester how an approval ended, that a connection broke, or that a link is
// about to expire.
//
// Plain data in, a complete mail out, as text and as HTML, rendered from notify/templates/ with the
// words of a language.
//
// Names and handles come from outside and may hold anything; each is cut to a sane length, and
// escaped in the HTML part. No mail holds a token or a code; an approval link is only in those
// that ask for an approval.
// Errors: a broken template throws std::logic_error; the unit tests render them all.
#pragma once

#include "shared/uuid.hpp"

#include <string>
#include <vector>

namespace grantlink {

struct Mail {
    std::string id; // of the notification: the same in every attempt to deliver it
    std::string to; // one address; parseMailAddress() says whether it is one
    std::string subject;
    std::string text;
    std::string html;
};

// One of several accounts that a link asks for.
struct AskedAccount {
    std::string provider; // as people call it
    std::string account;  // empty when any is welcome
};

struct MailNotice {
    std::string id;            // of the notification
    std::string to;            // who is told
    std::string connection;    // id of the connection
    std::string provider;      // as people call it: "Instagram"
    std::string account;       // asked for: "@nike"; empty when any account was welcome
    std::string approved;      // handle that the provider named; empty when declined
    std::string requester;     // who asks: "Example Agency"
    TimeMs when = 0;           // of the approval or the refusal, or when it broke
    std::string reason = {};   // why it broke
    std::string link = {};     // for an approval; empty: not in this mail
    TimeMs expires = 0;        // when the link stops working
    std::string language = {}; // wanted; see MailLanguage
    std::string message = {};  // of who asks, to the recipient; may have lines
    std::vector<AskedAccount> accounts = {}; // of a link: all that wait for it
};

Mail connectedMail(const MailNotice& notice);
Mail wrongAccountMail(const MailNotice& notice);
Mail declinedMail(const MailNotice& notice);
Mail brokenMail(const MailNotice& notice);
Mail expiringMail(const MailNotice& notice);

} // namespace grantlink
