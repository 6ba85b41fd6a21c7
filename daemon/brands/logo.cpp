#include "daemon/brands/logo.hpp"

#include "shared/secret.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace grantlink {

namespace {

using namespace std::string_view_literals;

LogoError unreadable(const std::string& path, const char* why) {
    return {fmt::format("the file \"{}\" cannot be read: {}", path, why)};
}

} // namespace

std::string_view imageExtension(std::string_view bytes) {
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv))
        return "png";
    if (bytes.starts_with("\xff\xd8\xff"sv))
        return "jpg";
    if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv))
        return "gif";
    if (bytes.size() >= 12 && bytes.starts_with("RIFF"sv) && bytes.substr(8, 4) == "WEBP"sv)
        return "webp";
    return {};
}

std::string assetName(std::string_view bytes, std::string_view extension) {
    std::array<std::uint8_t, 16> hash;
    const Bytes content = bytesOf(bytes);
    crypto_generichash(hash.data(), hash.size(), content.data(), content.size(), nullptr, 0);
    std::string out = "logo-";
    for (const std::uint8_t byte : hash)
        out += fmt::format("{:02x}", byte);
    return fmt::format("{}.{}", out, extension);
}

boost::system::result<Logo, LogoError> loadLogo(const std::string& path) {
    struct stat info {};

    if (::stat(path.c_str(), &info) != 0)
        return unreadable(path, std::strerror(errno));
    if (!S_ISREG(info.st_mode)) // a pipe would keep the daemon waiting
        return unreadable(path, "it is no regular file");
    std::ifstream file(path, std::ios::binary);
    if (!file.is_open())
        return unreadable(path, std::strerror(errno));
    Logo out;
    out.bytes.resize(Logo::maxSize + 1);
    file.read(out.bytes.data(), static_cast<std::streamsize>(out.bytes.size()));
    out.bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (out.bytes.size() > Logo::maxSize)
        return LogoError{fmt::format("the file \"{}\" has {} bytes; a logo has at most {}, because "
                                     "each recipient loads it: make it smaller",
                                     path, info.st_size, Logo::maxSize)};
    const std::string_view extension = imageExtension(out.bytes);
    if (extension.empty())
        return LogoError{fmt::format("the file \"{}\" is no PNG, JPEG, WebP or GIF image; SVG is "
                                     "not taken, because a logo that is opened on its own would be "
                                     "a document of the links' origin: export it as PNG or WebP",
                                     path)};
    out.asset = assetName(out.bytes, extension);
    return out;
}

} // namespace grantlink
