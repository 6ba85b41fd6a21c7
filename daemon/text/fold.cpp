#include "daemon/text/fold.hpp"

namespace grantlink {

namespace {

// U+00E0 to U+00FF, which U+00C0 to U+00DF are the capitals of; '.' has no letter below it.
constexpr std::string_view latin1 = "aaaaaa.ceeeeiiii.nooooo.ouuuuy.y";

// U+0100 to U+017F.
constexpr std::string_view extended = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklll"
                                      "lllllllnnnnnnnnnoooooooorrrrrrssssssss"
                                      "ttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(latin1.size() == 32 && extended.size() == 128);

constexpr bool isMark(char32_t c) {
    return c >= 0x300 && c < 0x370;
}

char32_t small(char32_t c) {
    if (c >= 'A' && c <= 'Z')
        return c + 0x20;
    if (c == 0xc6 || c == 0xd0 || c == 0xde) // Æ, Ð, Þ
        return c + 0x20;
    if (c >= 0xc0 && c < 0x100 && c != 0xdf) {
        const char letter = latin1[(c - 0xc0) % 0x20];
        return letter != '.' ? static_cast<char32_t>(letter) : c;
    }
    if (c >= 0x100 && c < 0x180)
        return static_cast<char32_t>(extended[c - 0x100]);
    if ((c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
        return c + 0x20;
    return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

// One of two bytes: all that is folded is ASCII, or one of these.
bool isPair(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    return at + 1 < text.size() && byte(at) >= 0xc2 && byte(at) < 0xe0 &&
           (byte(at + 1) & 0xc0) == 0x80;
}

} // namespace

std::string foldedForSearch(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (!isPair(text, i)) {
            out += first < 0x80 ? static_cast<char>(small(first)) : text[i];
            continue;
        }
        const char32_t c = ((first & 0x1fu) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3fu);
        const char32_t folded = small(c);
        if (folded < 0x80) {
            out += static_cast<char>(folded);
        } else if (!isMark(folded)) {
            out += static_cast<char>(0xc0 | (folded >> 6));
            out += static_cast<char>(0x80 | (folded & 0x3f));
        }
    }
    return out;
}

} // namespace grantlink
