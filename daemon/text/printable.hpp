// Text from outside (handles, names, a peer's messages) made safe to show to a person.
//
// The result is valid UTF-8 on one line, without what could steer a terminal, a mail header or the
// reading order: control characters become spaces, bidirectional overrides and other invisible
// format controls vanish, bytes that are no UTF-8 become U+FFFD. HTML is escaped where it is
// written, not here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace grantlink {

// Longer text is cut after `maxCharacters` code points, the last of them an ellipsis.
std::string printable(std::string_view text, std::size_t maxCharacters = 200);

// The same of a text that may have lines: their ends stay, empty lines around it go.
std::string printableLines(std::string_view text);

// The handle that a provider names, written like the account that was asked for: "nike" becomes
// "@nike" beside "@adidas", or when none was asked for. A name with a space and an e-mail address
// stay as they are.
std::string displayHandle(std::string_view handle, std::string_view asked);

} // namespace grantlink
