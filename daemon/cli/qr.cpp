#include "daemon/cli/qr.hpp"

#include "daemon/qr/qr_code.hpp"

namespace grantlink {

namespace {

// The foreground draws the light modules: on a dark ground a code needs its white border.
const char* block(bool upperDark, bool lowerDark) {
    if (upperDark)
        return lowerDark ? " " : "▄";
    return lowerDark ? "▀" : "█";
}

} // namespace

std::string qrCode(std::string_view text, const Terminal& terminal) {
    const QrCode code(text);
    const int end = code.width() + QrCode::quietZone;
    std::string out;
    for (int y = -QrCode::quietZone; y < end; y += 2) {
        if (terminal.colour)
            out += "\x1b[38;5;231;48;5;16m"; // white on black
        for (int x = -QrCode::quietZone; x < end; ++x)
            out += block(code.isDark(x, y), code.isDark(x, y + 1));
        out += terminal.colour ? "\x1b[0m\n" : "\n";
    }
    return out;
}

} // namespace grantlink
