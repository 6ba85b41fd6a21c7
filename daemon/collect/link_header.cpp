#include "daemon/collect/link_header.hpp"

#include "daemon/text/ascii.hpp"
#include "shared/trimmed.hpp"

namespace grantlink {

namespace {

// What stands before the next comma or semicolon that is not in quotes, and what follows it.
std::string_view takeUntil(std::string_view& text, std::string_view ends) {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '"')
            quoted = !quoted;
        else if (!quoted && ends.find(text[at]) != std::string_view::npos)
            break;
    }
    const std::string_view out = text.substr(0, at);
    text.remove_prefix(at);
    return out;
}

// rel="prev next", rel=next
bool isNext(std::string_view parameter) {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos ||
        lowerCase(trimmed(parameter.substr(0, equals))) != "rel")
        return false;
    std::string value = lowerCase(trimmed(parameter.substr(equals + 1)));
    for (char& c : value)
        if (c == '"')
            c = ' ';
    return (" " + value + " ").find(" next ") != std::string::npos;
}

} // namespace

std::string nextInLinkHeader(std::string_view header) {
    while (!header.empty()) {
        const std::size_t open = header.find('<');
        const std::size_t close = header.find('>', open == std::string_view::npos ? 0 : open);
        if (open == std::string_view::npos || close == std::string_view::npos)
            return {};
        const std::string target(header.substr(open + 1, close - open - 1));
        header.remove_prefix(close + 1);
        bool next = false;
        while (!trimmed(header).empty() && trimmed(header).front() == ';') {
            header.remove_prefix(header.find(';') + 1);
            next = isNext(takeUntil(header, ";,")) || next;
        }
        if (next)
            return target;
        takeUntil(header, ",");
        if (!header.empty())
            header.remove_prefix(1);
    }
    return {};
}

} // namespace grantlink
