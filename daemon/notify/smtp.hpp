// Mail to an SMTP server (RFC 5321), awaitable from the daemon's event loop.
//
// One send() is one try; when to try again is the outbox's business. Each try is bounded: 15 s to
// connect, 30 s for an answer of the server, 60 s in all.
//
// TLS: `Required` refuses to go on without it, `Never` does not ask for it. `Opportunistic` takes
// what is offered (RFC 7435): a certificate is only checked when caFile says against what, because
// the alternative would be no encryption at all. A password makes `Opportunistic` into `Required`:
// it is sent unencrypted only where the operator has written `never`. smtps:// and `Required`
// always check the certificate.
//
// Threads: send() is awaited on the event loop and resumes there. libcurl's SMTP waits in a
// blocking loop for the answers to the text and to QUIT, also in the multi interface, so a slow
// mail server would stop the whole daemon. Therefore each event loop has one thread for mail, in
// which mails go out one after the other. The loop's destructor ends what is in flight, within two
// seconds.
//
// Errors: send() never throws for what the network or the server did.
#pragma once

#include "daemon/notify/mail.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>

namespace grantlink {

enum class StartTls { required, opportunistic, never };

struct SmtpConfig {
    std::string url; // smtp://host[:port] or smtps://host[:port]
    StartTls startTls = StartTls::opportunistic;
    std::string username; // no authentication when empty
    std::string password;
    std::string caFile;   // PEM; empty: the system's authorities
    std::string from;     // a mailbox: `Example Agency <mail@example.com>`
    std::string language; // of mails to requesters
};

struct SmtpResult {
    enum class Kind {
        delivered,        // the server has taken responsibility for it (RFC 5321, section 4.2.5)
        temporaryFailure, // worth another try: 4xx, unreachable, timeout, TLS, wrong password
        permanentFailure, // this mail will never be taken: 5xx, or an address that is none
    };

    Kind kind;
    std::string message; // safe to log: no password, no text of the mail
};

class SmtpSender {
  public:
    explicit SmtpSender(SmtpConfig config) : config_(std::move(config)) {}

    // A mail with the id of an earlier one has the same Message-ID, so that a repetition after a
    // lost answer can be recognised.
    boost::asio::awaitable<SmtpResult> send(Mail mail);

  private:
    SmtpConfig config_;
};

} // namespace grantlink
