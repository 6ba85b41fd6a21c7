// What pictures and videos are, by how they begin. What a server calls them is not believed: a page
// with scripts must never be handed out as a picture.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace grantlink {

constexpr std::size_t mediaKindBytes = 12; // that have to be known

// "image/jpeg", "video/mp4", …; "" for anything else. Never SVG, which is a document.
std::string_view mediaTypeOf(std::string_view beginning);

// The usual end of a file's name: "jpg", "mp4"; "bin" for a type that is none of these.
std::string_view extensionOf(std::string_view mediaType);

} // namespace grantlink
