#include "daemon/media/media_kind.hpp"

#include "daemon/brands/logo.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace grantlink {

namespace {

using namespace std::string_view_literals;

using Names = std::pair<std::string_view, std::string_view>;

// By the major brand of a file of ISO/IEC 14496-12, or the beginning of it. There are also sounds
// of this format, which are not taken.
constexpr std::array<Names, 15> brands{{{"avif", "image/avif"},
                                        {"avis", "image/avif"},
                                        {"heic", "image/heic"},
                                        {"heix", "image/heic"},
                                        {"mif1", "image/heif"},
                                        {"qt  ", "video/quicktime"},
                                        {"iso", "video/mp4"},
                                        {"mp4", "video/mp4"},
                                        {"avc1", "video/mp4"},
                                        {"M4V", "video/mp4"},
                                        {"MSNV", "video/mp4"},
                                        {"dash", "video/mp4"},
                                        {"mmp4", "video/mp4"},
                                        {"3gp", "video/mp4"},
                                        {"f4v", "video/mp4"}}};

constexpr std::array<Names, 10> extensions{{{"image/jpeg", "jpg"},
                                            {"image/png", "png"},
                                            {"image/gif", "gif"},
                                            {"image/webp", "webp"},
                                            {"image/avif", "avif"},
                                            {"image/heic", "heic"},
                                            {"image/heif", "heif"},
                                            {"video/mp4", "mp4"},
                                            {"video/quicktime", "mov"},
                                            {"video/webm", "webm"}}};

std::string_view byBrand(std::string_view brand) {
    const auto found = std::find_if(brands.begin(), brands.end(), [&](const Names& names) {
        return brand.starts_with(names.first);
    });
    return found == brands.end() ? std::string_view() : found->second;
}

} // namespace

std::string_view mediaTypeOf(std::string_view beginning) {
    if (beginning.size() < mediaKindBytes)
        return {};
    if (beginning.substr(4, 4) == "ftyp"sv)
        return byBrand(beginning.substr(8, 4));
    if (beginning.starts_with("\x1a\x45\xdf\xa3"sv)) // Matroska's; browsers look inside
        return "video/webm";
    const std::string_view image = imageExtension(beginning);
    const auto known = std::find_if(extensions.begin(), extensions.end(),
                                    [&](const Names& names) { return names.second == image; });
    return known == extensions.end() ? std::string_view() : known->first;
}

std::string_view extensionOf(std::string_view mediaType) {
    const auto known = std::find_if(extensions.begin(), extensions.end(),
                                    [&](const Names& names) { return names.first == mediaType; });
    return known == extensions.end() ? "bin"sv : known->second;
}

} // namespace grantlink
