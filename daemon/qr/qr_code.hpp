// A text as a QR code (ISO/IEC 18004), as modules to draw and drawn as SVG.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

class QrCode {
  public:
    static constexpr int quietZone = 4; // modules of white around it that readers need

    // The smallest code that holds the text. Throws std::runtime_error when none does.
    explicit QrCode(std::string_view text);

    int width() const { return width_; } // modules, without the quiet zone

    bool isDark(int x, int y) const; // false outside

  private:
    int width_;
    std::vector<bool> dark_; // row by row
};

// Black on white whatever the page around it, with the quiet zone; it has no size of its own.
std::string svgOf(const QrCode& code);

} // namespace grantlink
