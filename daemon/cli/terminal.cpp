#include "daemon/cli/terminal.hpp"

#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <cstdlib>

namespace grantlink {

namespace {

bool isSet(const char* variable) {
    const char* value = std::getenv(variable);
    return value && *value;
}

const char* codeOf(Style style) {
    switch (style) {
    case Style::bold:
        return "1";
    case Style::dim:
        return "2";
    case Style::green:
        return "32";
    case Style::red:
        return "31";
    case Style::grey:
        return "90";
    case Style::plain:
        break;
    }
    return nullptr;
}

// Makes the C library's character tables those of UTF-8 for this scope, whatever the user's locale
// is: the program writes UTF-8 in any case.
class Utf8Scope {
  public:
    Utf8Scope() : previous_(uselocale(utf8())) {}

    ~Utf8Scope() { uselocale(previous_); }

    Utf8Scope(const Utf8Scope&) = delete;
    Utf8Scope& operator=(const Utf8Scope&) = delete;

  private:
    static locale_t utf8() {
        static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        return locale; // 0 where it does not exist: uselocale() then changes nothing
    }

    locale_t previous_;
};

struct Glyph {
    std::size_t bytes;
    std::size_t columns;
};

Glyph firstGlyph(std::string_view text) {
    wchar_t character = 0;
    mbstate_t state{};
    const std::size_t bytes = mbrtowc(&character, text.data(), text.size(), &state);
    if (bytes == 0 || bytes > text.size())
        return {1, 1}; // not UTF-8
    const int columns = wcwidth(character);
    return {bytes, columns < 0 ? 0 : static_cast<std::size_t>(columns)};
}

} // namespace

Terminal Terminal::of(int fd) {
    Terminal out;
    out.interactive = isatty(fd);
    if (!out.interactive)
        return out;
    const char* type = std::getenv("TERM");
    out.colour = !isSet("NO_COLOR") && type && std::string_view(type) != "dumb";
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) == 0)
        out.width = size.ws_col;
    return out;
}

std::string Terminal::paint(Style style, std::string_view text) const {
    const char* code = codeOf(style);
    if (!colour || !code)
        return std::string(text);
    std::string out = "\x1b[";
    out += code;
    out += 'm';
    out += text;
    return out + "\x1b[0m";
}

std::size_t displayWidth(std::string_view text) {
    const Utf8Scope scope;
    std::size_t columns = 0;
    while (!text.empty()) {
        const Glyph glyph = firstGlyph(text);
        columns += glyph.columns;
        text.remove_prefix(glyph.bytes);
    }
    return columns;
}

std::string cutToWidth(std::string_view text, std::size_t width) {
    if (displayWidth(text) <= width)
        return std::string(text);
    if (width == 0)
        return {};
    const Utf8Scope scope;
    std::size_t end = 0;
    for (std::size_t columns = 0; end < text.size();) {
        const Glyph glyph = firstGlyph(text.substr(end));
        columns += glyph.columns;
        if (columns > width - 1) // the last column is the ellipsis
            break;
        end += glyph.bytes;
    }
    return std::string(text.substr(0, end)) + "…";
}

} // namespace grantlink
