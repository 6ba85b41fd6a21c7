// How grantlinkd logs: lines for people, or JSON objects for programs, a line each.
#pragma once

#include "daemon/config.hpp"

#include <string>

namespace grantlink {

// To standard error, as text; the configuration is not read yet.
void beginLog();

// As the configuration says, from the next line on.
void setLog(const Config& config);

// An entry as JSON, without an end of line. A message that begins with "attempt ID: ", or with
// "connection" or "notification" for it, has that id as a member instead.
std::string jsonLogLine(TimeMs time, std::string_view level, std::string_view message);

} // namespace grantlink
