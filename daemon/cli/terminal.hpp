// Where output goes: a person's terminal, with colours and a width, or a file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace grantlink {

enum class Style { plain, bold, dim, green, red, grey };

struct Terminal {
    bool interactive = false; // a person looks at it
    bool colour = false;      // and wants colours: NO_COLOR (no-color.org) is unset
    std::size_t width = 0;    // in columns; 0: unlimited

    static Terminal of(int fd);

    std::string paint(Style style, std::string_view text) const;
};

// Columns that UTF-8 text takes on a terminal: wide characters two, combining ones none.
std::size_t displayWidth(std::string_view text);

// The text itself, or as much of it as fits before an ellipsis.
std::string cutToWidth(std::string_view text, std::size_t width);

} // namespace grantlink
