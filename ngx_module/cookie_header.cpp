#include "ngx_module/cookie_header.hpp"

#include <algorithm>

namespace grantlink {

namespace {

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

void takePair(std::span<char> pair, std::vector<Cookie>* out) {
    const auto begin = std::find_if_not(pair.begin(), pair.end(), isBlank);
    const auto equals = std::find(begin, pair.end(), '=');
    const std::string_view name(begin, equals);
    if (equals == pair.end() || !isOurCookie(name))
        return;
    const std::span<char> value(equals + 1, pair.end());
    if (out && out->size() == maxCookies)
        out->erase(out->begin()); // browsers send the oldest first
    if (out)
        out->push_back({std::string(name), secretCopy({value.data(), value.size()})});
    std::fill(value.begin(), value.end(), '*');
}

} // namespace

bool isOurCookie(std::string_view name) {
    return name.starts_with("grantlink-") || name.starts_with("__Host-grantlink-");
}

void takeOwnCookies(std::span<char> header, std::vector<Cookie>* out) {
    while (!header.empty()) {
        const auto stop = std::find(header.begin(), header.end(), ';');
        takePair({header.begin(), stop}, out);
        header = header.subspan(std::min<std::size_t>(stop - header.begin() + 1, header.size()));
    }
}

} // namespace grantlink
