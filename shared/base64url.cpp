#include "shared/base64url.hpp"

#include <array>

namespace grantlink {

namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> reverseAlphabet() {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (int i = 0; i < 64; ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}

constexpr auto values = reverseAlphabet();

std::int32_t valueOf(char letter) {
    return values[static_cast<unsigned char>(letter)];
}

} // namespace

void base64urlEncode(Bytes bytes, char* out) {
    for (; bytes.size() >= 3; bytes = bytes.subspan(3)) {
        const std::uint32_t three = std::uint32_t{bytes[0]} << 16 | bytes[1] << 8 | bytes[2];
        *out++ = alphabet[three >> 18];
        *out++ = alphabet[three >> 12 & 63];
        *out++ = alphabet[three >> 6 & 63];
        *out++ = alphabet[three & 63];
    }
    if (bytes.empty())
        return;
    const std::uint32_t rest = bytes[0] << 8 | (bytes.size() > 1 ? bytes[1] : 0);
    *out++ = alphabet[rest >> 10];
    *out++ = alphabet[rest >> 4 & 63];
    if (bytes.size() > 1)
        *out = alphabet[rest << 2 & 63];
}

std::string base64url(Bytes bytes) {
    std::string out(base64urlLength(bytes.size()), '\0');
    base64urlEncode(bytes, out.data());
    return out;
}

// Whole groups of four letters first. A letter that is none is negative, and so is all that it is
// combined with.
bool base64urlDecode(std::string_view text, std::span<std::uint8_t> out) {
    if (text.size() != base64urlLength(out.size()))
        return false;
    std::uint8_t* next = out.data();
    for (; text.size() >= 4; text.remove_prefix(4), next += 3) {
        const std::int32_t four = valueOf(text[0]) * 64 * 64 * 64 | valueOf(text[1]) * 64 * 64 |
                                  valueOf(text[2]) * 64 | valueOf(text[3]);
        if (four < 0)
            return false;
        next[0] = static_cast<std::uint8_t>(four >> 16);
        next[1] = static_cast<std::uint8_t>(four >> 8);
        next[2] = static_cast<std::uint8_t>(four);
    }
    if (text.empty())
        return true;
    const std::int32_t last = text.size() > 2 ? valueOf(text[2]) : 0;
    const std::int32_t rest = valueOf(text[0]) * 64 * 64 | valueOf(text[1]) * 64 | last;
    const int unused = text.size() > 2 ? 2 : 10;
    next[0] = static_cast<std::uint8_t>(rest >> 10);
    if (text.size() > 2)
        next[1] = static_cast<std::uint8_t>(rest >> 2);
    return rest >= 0 && (rest & ((1 << unused) - 1)) == 0;
}

std::optional<std::vector<std::uint8_t>> base64urlDecode(std::string_view text) {
    if (text.size() % 4 == 1)
        return std::nullopt;
    std::vector<std::uint8_t> out(text.size() * 3 / 4);
    if (!base64urlDecode(text, out))
        return std::nullopt;
    return out;
}

} // namespace grantlink
