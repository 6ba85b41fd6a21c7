// UUIDv7 (RFC 9562, section 5.7): the id of a connection, an attempt and a notification.
//
// The first 48 bits are Unix time in milliseconds, so ids sort by time and store writes append.
// The remaining 74 bits come from the system's random generator; an id cannot be guessed.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace grantlink {

using TimeMs = std::uint64_t; // Unix time in milliseconds

TimeMs nowMs();

constexpr TimeMs inMs(std::chrono::seconds duration) {
    return static_cast<TimeMs>(duration.count()) * 1000;
}

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    static constexpr std::size_t textLength = 36;

    static Uuid v7(TimeMs now = nowMs());

    // With random bytes of the caller's, never used before: a system call less.
    static constexpr std::size_t randomLength = 10;
    static Uuid v7(TimeMs now, std::span<const std::uint8_t, randomLength> random);

    // The 36-character form; lower or upper case. Any version is accepted.
    static std::optional<Uuid> parse(std::string_view text);

    TimeMs time() const; // of a version 7
    std::string text() const;
    void write(char* out) const; // 36 characters, without a terminator

    auto operator<=>(const Uuid&) const = default;
};

} // namespace grantlink
