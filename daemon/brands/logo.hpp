// The image of a brand: read from the operator's file, checked, and named for its content.
//
// Browsers get it from the links' own origin. That is why SVG is not taken: opened on its own it is
// a document of that origin, which may hold scripts and fetch what it likes.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace grantlink {

struct Logo {
    static constexpr std::size_t maxSize = std::size_t{64} * 1024;

    std::string bytes;
    std::string asset; // its file name for the edge: "logo-", 32 hexadecimal digits, extension
};

struct LogoError {
    std::string message;
};

boost::system::result<Logo, LogoError> loadLogo(const std::string& path);

// "png", "jpg", "webp" or "gif", as the first bytes say; empty for anything else.
std::string_view imageExtension(std::string_view bytes);

// The same bytes have the same name, others another: whoever has it cached need not ask again.
std::string assetName(std::string_view bytes, std::string_view extension);

} // namespace grantlink
