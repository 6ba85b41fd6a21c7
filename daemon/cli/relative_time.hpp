// Times as people say them: "in 13 days", "2 min ago".
#pragma once

#include "shared/uuid.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// An RFC 3339 time in UTC, "2025-11-24T16:00:00Z", with or without a fraction of a second.
std::optional<TimeMs> parseTime(std::string_view text);

std::string relativeTime(TimeMs then, TimeMs now);

// The same for a time of the API, which stays as it is when it cannot be read.
std::string relativeTime(std::string_view text, TimeMs now);

} // namespace grantlink
