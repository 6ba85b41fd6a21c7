// The times that providers write.
#pragma once

#include "shared/uuid.hpp"

#include <optional>
#include <string>

namespace grantlink {

// ISO 8601 with any offset ("2026-11-24T01:02:03+0000", a blank for the T, a fraction of a second),
// Unix time in seconds or milliseconds, also with a fraction, and the dates of mails and of X
// ("Wed Aug 27 13:08:45 +0000 2008"). Nothing for another text, and for times before 1970.
std::optional<TimeMs> parseTimestamp(const std::string& text);

} // namespace grantlink
