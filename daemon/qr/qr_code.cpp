#include "daemon/qr/qr_code.hpp"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>
#include <stdexcept>

namespace grantlink {

namespace {

// One path of horizontal runs: a square a module would leave hairlines between them.
std::string runsOf(const QrCode& code) {
    std::string out;
    for (int y = 0; y < code.width(); ++y)
        for (int x = 0; x < code.width(); ++x) {
            int end = x;
            while (code.isDark(end, y))
                ++end;
            if (end > x)
                out += fmt::format("M{} {}h{}v1h-{}z", x + QrCode::quietZone, y + QrCode::quietZone,
                                   end - x, end - x);
            x = end;
        }
    return out;
}

} // namespace

QrCode::QrCode(std::string_view text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_M), // 0: smallest version
        &QRcode_free);
    if (!code)
        throw std::runtime_error("the link is too long for a QR code");
    width_ = code->width;
    for (int i = 0; i < width_ * width_; ++i)
        dark_.push_back(code->data[i] & 1);
}

bool QrCode::isDark(int x, int y) const {
    return x >= 0 && y >= 0 && x < width_ && y < width_ &&
           dark_[static_cast<std::size_t>(y * width_ + x)];
}

std::string svgOf(const QrCode& code) {
    const int side = code.width() + 2 * QrCode::quietZone;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" "
        "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{0}v{0}h-{0}z\"/>"
        "<path d=\"{1}\"/></svg>\n",
        side, runsOf(code));
}

} // namespace grantlink
