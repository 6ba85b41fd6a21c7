#include "daemon/text/origin.hpp"

namespace grantlink {

bool isOrigin(std::string_view url) {
    const std::string_view rest = url.starts_with("https://")  ? url.substr(8)
                                  : url.starts_with("http://") ? url.substr(7)
                                                               : std::string_view();
    return !rest.empty() && rest.find_first_of("/?#@ \t\r\n") == std::string_view::npos;
}

std::string_view originOf(std::string_view url) {
    const auto scheme = url.find("://");
    return scheme == std::string_view::npos ? url
                                            : url.substr(0, url.find_first_of("/?", scheme + 3));
}

} // namespace grantlink
