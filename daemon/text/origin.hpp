// Origins (RFC 6454): what an operator writes for a public URL or to stand in for a provider.
#pragma once

#include <string_view>

namespace grantlink {

// scheme://host[:port] with http or https, and nothing behind it: no slash, path, query or user.
bool isOrigin(std::string_view url);

// The origin at the start of a URL; all of a text that is no URL.
std::string_view originOf(std::string_view url);

} // namespace grantlink
