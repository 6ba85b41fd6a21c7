// Logos: told by their first bytes, bounded, and named for their content.
#include "daemon/brands/logo.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"

#include <fstream>

using namespace grantlink;
using test::assertEqual;

namespace {

using namespace std::string_view_literals;

void kindsAreTold(void**) {
    assertEqual(imageExtension("\x89PNG\r\n\x1a\n..."sv), "png");
    assertEqual(imageExtension("\xff\xd8\xff\xe0..."sv), "jpg");
    assertEqual(imageExtension("GIF87a..."sv), "gif");
    assertEqual(imageExtension("GIF89a"sv), "gif");
    assertEqual(imageExtension("RIFF\x24\0\0\0WEBPVP8 "sv), "webp");
    for (const auto other :
         {""sv, "\x89PNG"sv, "\x89PNG\n\x1a\n..."sv, "GIF88a"sv, "RIFF\x24\0\0\0WAVEfmt "sv,
          "RIFF\x24\0\0\0WEB"sv, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"sv,
          "<?xml version=\"1.0\"?>"sv, "<html>"sv, " GIF89a"sv, "\xff\xd8"sv})
        assertEqual(imageExtension(other), "");
}

// The digests are those of Python's hashlib.blake2b(…, digest_size=16).
void namesAreHashes(void**) {
    assertEqual(assetName("GIF89a", "gif"), "logo-a4ebc5f66162847b445559c37cdf009b.gif");
    assertEqual(assetName("", "png"), "logo-cae66941d9efbd404e4d88758ea67670.png");
}

std::string fileOf(const test::TemporaryDirectory& directory, const std::string& bytes) {
    const std::string path = directory.path() + "/logo.svg"; // the name says nothing
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

void filesAreLoaded(void**) {
    const test::TemporaryDirectory directory;
    const std::string largest = "GIF89a" + std::string(Logo::maxSize - 6, '\0');
    const auto logo = loadLogo(fileOf(directory, largest));
    assert_true(logo.has_value());
    assert_true(logo->bytes == largest);
    assertEqual(logo->asset, assetName(largest, "gif"));
}

void refuses(const std::string& path, std::string_view why) {
    const auto logo = loadLogo(path);
    assert_false(logo.has_value());
    const std::string& message = logo.error().message;
    if (message.find(why) == std::string::npos)
        print_error("%s\n", message.c_str());
    assert_true(message.find(path) != std::string::npos);
    assert_true(message.find(why) != std::string::npos);
}

void othersAreRefused(void**) {
    const test::TemporaryDirectory directory;
    refuses(fileOf(directory, "GIF89a" + std::string(Logo::maxSize - 5, '\0')), "65537 bytes");
    refuses(fileOf(directory, "<svg/>"), "SVG is not taken");
    refuses(fileOf(directory, ""), "no PNG, JPEG, WebP or GIF");
    refuses(directory.path() + "/nothing", "No such file");
    refuses(directory.path(), "no regular file");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(kindsAreTold), cmocka_unit_test(namesAreHashes),
                                cmocka_unit_test(filesAreLoaded),
                                cmocka_unit_test(othersAreRefused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
