// Header fields of a mail (RFC 5322), with text that is not ASCII as encoded words (RFC 2047).
//
// Whatever the value holds, the result is one header field: CR, LF and other control characters
// become spaces, so no value can add a header or end the headers.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace grantlink {

// "Subject: text", folded so that no line is longer than 76 characters (RFC 2047, section 2).
// No line break at the end.
std::string unstructuredHeader(std::string_view name, std::string_view text);

// A mailbox (RFC 5322, section 3.4): `Example Agency <mail@example.com>`.
struct MailAddress {
    std::string name;    // as people read it; may be empty, any UTF-8
    std::string address; // ASCII; local@domain
};

struct MailAddressError {
    std::string message; // what is wrong with it, for a person
};

// Accepts `local@domain` and `Name <local@domain>`. Refuses control characters, spaces within the
// address, several addresses, quoted local parts and, since no server here is known to speak
// SMTPUTF8 (RFC 6531), addresses that are not ASCII.
boost::system::result<MailAddress, MailAddressError> parseMailAddress(std::string_view text);

// "From: =?UTF-8?…?= <local@domain>".
std::string addressHeader(std::string_view name, const MailAddress& address);

} // namespace grantlink
