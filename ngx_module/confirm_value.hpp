// The value of the confirm cookie: the state, '.', and the sealed code in base64url
// (docs/formats.md). Whoever has the browser can change it.
#pragma once

#include "shared/attempt.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

struct ConfirmValue {
    VerifiedState verified;
    std::string sealed; // not opened here: only the daemon can say whether it was changed
};

std::string encodeConfirmValue(std::string_view state, std::string_view sealed);

// Nothing unless the state verifies, belongs to `attempt`, and what is sealed has a code's size.
std::optional<ConfirmValue> parseConfirmValue(std::string_view value, const Uuid& attempt,
                                              const EdgeKeys& keys);

} // namespace grantlink
