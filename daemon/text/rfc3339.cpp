#include "daemon/text/rfc3339.hpp"

#include <ctime>

namespace grantlink {

std::string rfc3339(TimeMs time) {
    const std::time_t seconds = static_cast<std::time_t>(time / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

} // namespace grantlink
