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

bool base64urlDecode(std::string_view text, std::span<std::uint8_t> out) {
    if (text.size() != base64urlLength(out.size()))
        return false;
    std::uint32_t buffer = 0;
    int bits = 0;
    auto next = out.begin();
    for (char c : text) {
        const int value = values[static_cast<unsigned char>(c)];
        if (value < 0)
            return false;
        buffer = buffer << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *next++ = static_cast<std::uint8_t>(buffer >> bits);
        }
    }
    return (buffer & ((1u << bits) - 1)) == 0;
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
