#include "daemon/cli/relative_time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace grantlink {

namespace {

constexpr TimeMs second = 1000;
constexpr TimeMs minute = 60 * second;
constexpr TimeMs hour = 60 * minute;
constexpr TimeMs day = 24 * hour;
constexpr TimeMs month = 30 * day;
constexpr TimeMs year = 365 * day;

std::optional<int> number(std::string_view text, std::size_t from, std::size_t length) {
    int value = 0;
    const char* const start = text.data() + from;
    const auto [end, error] = std::from_chars(start, start + length, value);
    if (error != std::errc{} || end != start + length || *start == '-')
        return std::nullopt;
    return value;
}

// Rounded to the unit in which it still means something.
std::string amount(TimeMs distance) {
    const auto count = [&](TimeMs unit) { return (distance + unit / 2) / unit; };
    if (distance < 90 * minute)
        return fmt::format("{} min", std::max<TimeMs>(1, count(minute)));
    if (distance < 36 * hour)
        return fmt::format("{} h", count(hour));
    if (distance < 2 * month)
        return fmt::format("{} days", count(day));
    if (distance < 2 * year)
        return fmt::format("{} months", count(month));
    return fmt::format("{} years", count(year));
}

} // namespace

std::optional<TimeMs> parseTime(std::string_view text) {
    constexpr std::string_view form = "0000-00-00T00:00:00";
    if (text.size() < form.size() + 1 || text.back() != 'Z')
        return std::nullopt;
    for (const std::size_t i : {4, 7, 10, 13, 16})
        if (text[i] != form[i])
            return std::nullopt;
    const auto y = number(text, 0, 4), mo = number(text, 5, 2), d = number(text, 8, 2);
    const auto h = number(text, 11, 2), mi = number(text, 14, 2), s = number(text, 17, 2);
    if (!y || !mo || !d || !h || !mi || !s || *y < 1970 || *h > 23 || *mi > 59 || *s > 60)
        return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(*y), std::chrono::month(static_cast<unsigned>(*mo)),
                              std::chrono::day(static_cast<unsigned>(*d))};
    const std::string_view fraction = text.substr(form.size(), text.size() - form.size() - 1);
    const bool goodFraction =
        fraction.empty() || (fraction.size() > 1 && fraction[0] == '.' &&
                             fraction.find_first_not_of("0123456789", 1) == std::string_view::npos);
    if (!date.ok() || !goodFraction)
        return std::nullopt;
    const auto time = sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s);
    return static_cast<TimeMs>(milliseconds(time.time_since_epoch()).count());
}

std::string relativeTime(TimeMs then, TimeMs now) {
    const bool future = then > now;
    const TimeMs distance = future ? then - now : now - then;
    if (distance < 45 * second)
        return future ? "in a moment" : "just now";
    return future ? "in " + amount(distance) : amount(distance) + " ago";
}

std::string relativeTime(std::string_view text, TimeMs now) {
    const auto then = parseTime(text);
    return then ? relativeTime(*then, now) : std::string(text);
}

} // namespace grantlink
