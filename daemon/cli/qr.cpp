#include "daemon/cli/qr.hpp"

#include <qrencode.h>

#include <memory>
#include <stdexcept>

namespace grantlink {

namespace {

constexpr int quietZone = 4; // modules

struct CodeDeleter {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

using Code = std::unique_ptr<QRcode, CodeDeleter>;

bool isDark(const QRcode& code, int x, int y) {
    if (x < 0 || y < 0 || x >= code.width || y >= code.width)
        return false;
    return code.data[y * code.width + x] & 1;
}

// The foreground draws the light modules: on a dark ground a code needs its white border.
const char* block(bool upperDark, bool lowerDark) {
    if (upperDark)
        return lowerDark ? " " : "▄";
    return lowerDark ? "▀" : "█";
}

} // namespace

std::string qrCode(std::string_view text, const Terminal& terminal) {
    const Code code(
        QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_M)); // 0: smallest version
    if (!code)
        throw std::runtime_error("the link is too long for a QR code");
    std::string out;
    for (int y = -quietZone; y < code->width + quietZone; y += 2) {
        if (terminal.colour)
            out += "\x1b[38;5;231;48;5;16m"; // white on black
        for (int x = -quietZone; x < code->width + quietZone; ++x)
            out += block(isDark(*code, x, y), isDark(*code, x, y + 1));
        out += terminal.colour ? "\x1b[0m\n" : "\n";
    }
    return out;
}

} // namespace grantlink
