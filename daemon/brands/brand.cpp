#include "daemon/brands/brand.hpp"

#include "daemon/text/names.hpp"
#include "daemon/toml_reader.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t maxNameLength = 200; // bytes

std::string readName(TomlReader& in) {
    std::string out = in.text("name");
    if (out.empty())
        in.fail("name", "is missing: what recipients read beside the logo");
    else if (!isOneLine(out, maxNameLength))
        in.fail("name", "must be one line of at most 200 bytes");
    return out;
}

std::string readColour(TomlReader& in) {
    std::string text = in.text("colour");
    if (text.empty())
        return {};
    const bool valid = text.size() == 7 && text.starts_with('#') &&
                       text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
    if (!valid)
        in.fail("colour", "must be # and six hexadecimal digits, such as \"#1f5f4a\"");
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return valid ? text.substr(1) : "";
}

Brand readBrand(TomlReader& in) {
    Brand out;
    out.name = readName(in);
    out.colour = readColour(in);
    if (const std::string path = in.text("logo"); !path.empty()) {
        if (auto logo = loadLogo(path))
            out.logo = std::move(*logo);
        else
            in.fail("logo", logo.error().message);
    }
    in.finish();
    return out;
}

} // namespace

Brands readBrands(TomlReader& in) {
    Brands out;
    for (auto& [id, reader] : in.entries()) {
        if (!isPlainId(id))
            in.fail(id, "a brand's id has at most 64 characters of a-z, 0-9, '-', '_' and '.'");
        out[id] = readBrand(reader);
    }
    return out;
}

} // namespace grantlink
