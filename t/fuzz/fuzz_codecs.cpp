// base64url and UUIDs: what decodes has one spelling, what encodes comes back.
#include "shared/base64url.hpp"
#include "shared/uuid.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

void base64urlHasOneSpelling(std::string_view text) {
    const auto decoded = base64urlDecode(text);
    if (decoded)
        require(base64url(*decoded) == text, "what base64url accepts encodes to the same text");
    // A length that the caller knows: never a byte written behind it, never another length taken.
    for (const std::size_t size : {std::size_t{16}, std::size_t{24}, std::size_t{54}}) {
        std::vector<std::uint8_t> out(size);
        const bool taken = base64urlDecode(text, out);
        require(taken == (decoded && decoded->size() == size), "both decoders accept the same");
        require(!taken || out == *decoded, "both decoders give the same bytes");
    }
}

void base64urlComesBack(Bytes bytes) {
    const std::string text = base64url(bytes);
    require(text.size() == base64urlLength(bytes.size()), "base64urlLength is the length");
    const auto back = base64urlDecode(text);
    require(back && std::equal(back->begin(), back->end(), bytes.begin(), bytes.end()),
            "base64url comes back");
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

void uuidComesBack(std::string_view text) {
    const auto id = Uuid::parse(text);
    if (!id)
        return;
    std::string expected(text);
    std::transform(expected.begin(), expected.end(), expected.begin(), lower);
    require(id->text() == expected, "a UUID's text differs from what was read in case at most");
    require(Uuid::parse(id->text()) == *id, "a UUID comes back");
    require(id->time() < TimeMs{1} << 48, "a UUID's time has 48 bits");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes(data, size);
    base64urlHasOneSpelling(textOf(bytes));
    base64urlComesBack(bytes);
    uuidComesBack(textOf(bytes));
    const Uuid id = fuzz::Input(data, size).uuid();
    require(Uuid::parse(id.text()) == id, "any 16 bytes come back as a UUID");
    return 0;
}
