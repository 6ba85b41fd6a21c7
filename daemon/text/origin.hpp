// Origins (RFC 6454): what an operator writes for a public URL or to stand in for a provider.
#pragma once

#include <string_view>

namespace grantlink {

// scheme://host[:port] with http or https, and nothing behind it: no slash, path, query or user.
bool isOrigin(std::string_view url);

} // namespace grantlink
