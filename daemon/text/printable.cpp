#include "daemon/text/printable.hpp"

#include <boost/locale/utf.hpp>

#include "shared/trimmed.hpp"

#include <algorithm>
#include <iterator>

namespace grantlink {

namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;

constexpr char32_t replacement = 0xfffd;
constexpr char32_t ellipsis = 0x2026;

// C0, DEL, C1, and the line and paragraph separators of Unicode.
bool isControl(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

// Directional embeddings, overrides, isolates and marks (UAX #9), invisible operators, the byte
// order mark and language tags. Joiners stay: scripts and emoji need them.
bool isInvisible(char32_t c) {
    return c == 0x061c || c == 0x200b || c == 0x200e || c == 0x200f ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

} // namespace

std::string printable(std::string_view text, std::size_t maxCharacters) {
    std::string out;
    std::size_t written = 0;
    std::size_t beforeLast = 0; // where an ellipsis would go
    for (auto at = text.begin(); at != text.end();) {
        const auto start = at;
        char32_t c = Utf8::decode(at, text.end());
        if (c == boost::locale::utf::illegal || c == boost::locale::utf::incomplete) {
            c = replacement;
            at = std::next(start); // the next byte may begin a valid sequence
        }
        if (isInvisible(c))
            continue;
        if (written == maxCharacters) {
            out.resize(beforeLast);
            Utf8::encode(ellipsis, std::back_inserter(out));
            return out;
        }
        beforeLast = out.size();
        Utf8::encode(isControl(c) ? U' ' : c, std::back_inserter(out));
        ++written;
    }
    return out;
}

std::string printableLines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        out.append(printable(line, line.size())).append("\n");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::string(trimmed(out, " \n"));
}

std::string displayHandle(std::string_view handle, std::string_view asked) {
    const bool plain = !handle.empty() && handle.find_first_of("@ ") == std::string_view::npos;
    const bool wanted = asked.empty() || asked.front() == '@';
    return (plain && wanted ? "@" : "") + printable(handle);
}

} // namespace grantlink
