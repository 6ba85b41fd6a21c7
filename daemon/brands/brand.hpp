// How the recipient's pages show who asks: a name, a colour and a logo ([brands.ID]).
#pragma once

#include "daemon/brands/logo.hpp"

#include <map>
#include <optional>
#include <string>

namespace grantlink {

class TomlReader;

struct Brand {
    std::string name;         // one line
    std::string colour;       // six hexadecimal digits in lower case; empty: the pages' own
    std::optional<Logo> logo; // its bytes are read with the configuration
};

using Brands = std::map<std::string, Brand>; // by id

// The table [brands]; mistakes are reported to `in`.
Brands readBrands(TomlReader& in);

} // namespace grantlink
