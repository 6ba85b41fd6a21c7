#include "daemon/sandbox/clock.hpp"

#include <fmt/chrono.h>

namespace grantlink::sandbox {

using namespace std::chrono;

std::string rfc3339(Time time) {
    const auto milliseconds = time_point_cast<std::chrono::milliseconds>(time).time_since_epoch();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(system_clock::to_time_t(time)),
                       milliseconds.count() % 1000);
}

std::int64_t unixSeconds(Time time) {
    return duration_cast<seconds>(time.time_since_epoch()).count();
}

} // namespace grantlink::sandbox
