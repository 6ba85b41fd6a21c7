#include "daemon/collect/timestamp.hpp"

#include <curl/curl.h>

#include <charconv>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace grantlink {

namespace {

// What is behind the seconds: a fraction, then Z, UTC, GMT, +01:00, +0100 or +01. Nothing is UTC.
std::optional<long> offsetIn(std::string_view text) {
    if (text.starts_with('.') || text.starts_with(',')) {
        const std::size_t end = text.find_first_not_of("0123456789", 1);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end);
    }
    if (text.starts_with(' '))
        text.remove_prefix(1);
    if (text.empty() || text == "Z" || text == "z" || text == "UTC" || text == "GMT")
        return 0;
    const bool west = text[0] == '-';
    if (text[0] != '+' && !west)
        return std::nullopt;
    std::string digits;
    for (const char c : text.substr(1))
        if (c >= '0' && c <= '9')
            digits += c;
        else if (c != ':')
            return std::nullopt;
    if (digits.size() != 2 && digits.size() != 4)
        return std::nullopt;
    const int value = std::atoi(digits.c_str());
    const int minutes = digits.size() == 2 ? value * 60 : value / 100 * 60 + value % 100;
    return (west ? -60L : 60L) * minutes;
}

std::optional<TimeMs> asIso8601(const std::string& text) {
    std::tm parts{};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (!rest) {
        parts = {};
        rest = strptime(text.c_str(), "%Y-%m-%d %H:%M:%S", &parts);
    }
    const auto offset = rest ? offsetIn(rest) : std::nullopt;
    if (!offset)
        return std::nullopt;
    const std::time_t seconds = timegm(&parts) - *offset;
    return seconds < 0 ? std::nullopt : std::optional(static_cast<TimeMs>(seconds) * 1000);
}

std::optional<TimeMs> asUnixTime(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > 1e14)
        return std::nullopt;
    constexpr double firstMilliseconds = 1e11; // seconds would be the year 5138
    return static_cast<TimeMs>(value < firstMilliseconds ? value * 1000 : value);
}

} // namespace

std::optional<TimeMs> parseTimestamp(const std::string& text) {
    if (text.empty() || text.size() > 64)
        return std::nullopt;
    if (const auto time = asUnixTime(text))
        return time;
    if (const auto time = asIso8601(text))
        return time;
    const std::time_t seconds = curl_getdate(text.c_str(), nullptr); // as in mails and HTTP
    return seconds < 0 ? std::nullopt : std::optional(static_cast<TimeMs>(seconds) * 1000);
}

} // namespace grantlink
