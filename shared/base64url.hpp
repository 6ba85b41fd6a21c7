// base64url without padding (RFC 4648, section 5): how every binary value is written in a URL,
// a cookie or a key file.
#pragma once

#include "shared/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

constexpr std::size_t base64urlLength(std::size_t bytes) {
    return (bytes * 4 + 2) / 3;
}

// Writes base64urlLength(bytes.size()) characters to `out`, without a terminator.
void base64urlEncode(Bytes bytes, char* out);

std::string base64url(Bytes bytes);

// Decodes exactly `out.size()` bytes; false when the text has another length, a character outside
// the alphabet, or bits set behind the last byte. Each value has exactly one accepted spelling.
bool base64urlDecode(std::string_view text, std::span<std::uint8_t> out);

// The same for a length known only from the text.
std::optional<std::vector<std::uint8_t>> base64urlDecode(std::string_view text);

} // namespace grantlink
