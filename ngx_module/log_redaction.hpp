// Finding secrets in a line that is about to be logged.
//
// Most requests have their secrets overwritten in the rewrite phase (redact.hpp). What nginx logs
// before that phase, or instead of it (a malformed request, the debug log of its parser), goes
// through here. The rules look at the text alone:
//
//   behind an approve location   all of the path, when it begins like a link token
//   behind a callback location   the query, when it has a code or a state
//   state=, code= and the like   in a line that holds something that looks like our state
//   our cookies                  their values
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

// The paths of the configured locations, such as "/approve/".
struct SecretPaths {
    std::vector<std::string> approve;
    std::vector<std::string> callback;
};

// Overwrites each secret with '*'; whether there was any. Never allocates, never throws.
bool redactText(std::span<char> text, const SecretPaths& paths) noexcept;

} // namespace grantlink
