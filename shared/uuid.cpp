#include "shared/uuid.hpp"

#include <sodium.h>

#include <algorithm>
#include <chrono>

namespace grantlink {

namespace {

constexpr bool hyphenAt(std::size_t position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

int hexValue(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

TimeMs nowMs() {
    using namespace std::chrono;
    return static_cast<TimeMs>(
        duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

Uuid Uuid::v7(TimeMs now) {
    std::array<std::uint8_t, randomLength> random;
    randombytes_buf(random.data(), random.size());
    return v7(now, random);
}

Uuid Uuid::v7(TimeMs now, std::span<const std::uint8_t, randomLength> random) {
    Uuid id;
    std::copy(random.begin(), random.end(), &id.bytes[6]);
    for (int i = 0; i < 6; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(now >> (40 - 8 * i));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != textLength)
        return std::nullopt;
    Uuid id;
    std::size_t digit = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (hyphenAt(i)) {
            if (text[i] != '-')
                return std::nullopt;
            continue;
        }
        const int value = hexValue(text[i]);
        if (value < 0)
            return std::nullopt;
        id.bytes[digit / 2] = static_cast<std::uint8_t>(id.bytes[digit / 2] << 4 | value);
        ++digit;
    }
    return id;
}

TimeMs Uuid::time() const {
    TimeMs out = 0;
    for (int i = 0; i < 6; ++i)
        out = out << 8 | bytes[i];
    return out;
}

void Uuid::write(char* out) const {
    static constexpr char digits[] = "0123456789abcdef";
    const char* const begin = out;
    for (const std::uint8_t byte : bytes) {
        if (hyphenAt(out - begin))
            *out++ = '-';
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 15];
    }
}

std::string Uuid::text() const {
    std::string out(textLength, '\0');
    write(out.data());
    return out;
}

} // namespace grantlink
