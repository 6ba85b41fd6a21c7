// A link as a QR code on the terminal, for the phone of somebody who stands beside you.
#pragma once

#include "daemon/cli/terminal.hpp"

#include <string>
#include <string_view>

namespace grantlink {

// Two modules a character, with the quiet zone of four modules that readers need (ISO/IEC 18004).
// With colours it is black on white whatever the terminal's theme; without, it is right for light
// text on a dark ground. Throws std::runtime_error when the text does not fit any code.
std::string qrCode(std::string_view text, const Terminal& terminal);

} // namespace grantlink
