// Sealed codes: what was sealed opens once for its attempt, and nothing else does.
#include "shared/sealed_code.hpp"

#include "t/fuzz/fixed_keys.hpp"
#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

bool opens(const Uuid& attempt, std::string_view sealed) {
    return openSealedCode(fuzz::masterKey(), attempt, bytesOf(sealed)).has_value();
}

void codeComesBack(fuzz::Input in) {
    const Uuid attempt = in.uuid();
    const auto position = in.integer<std::uint16_t>();
    const auto difference = in.integer<std::uint8_t>();
    const std::string_view code = in.rest().substr(0, maxCodeLength);
    if (code.empty())
        return;
    CodeSealer sealer(fuzz::masterKey().sealPublic);
    const std::string sealed = sealer.seal(attempt, code);
    require(sealed.size() == code.size() + sealedCodeOverhead, "the overhead is what it says");
    const auto open = openSealedCode(fuzz::masterKey(), attempt, bytesOf(sealed));
    require(open && textOf(*open) == code, "a code comes back");
    require(!opens(attempt, fuzz::changed(sealed, position, difference)),
            "a changed one does not open");
    require(!opens(attempt, sealed.substr(0, position % sealed.size())), "a cut one does not open");
    Uuid other = attempt;
    other.bytes[position % 16] ^= 1;
    require(!opens(other, sealed), "it does not open for another attempt");
}

// A worker that was taken over can seal what it likes: the fuzzer's bytes are the content.
void anyContentIsSurvived(std::string_view content) {
    constexpr std::size_t nonceAt = crypto_box_PUBLICKEYBYTES;
    constexpr std::size_t boxAt = nonceAt + crypto_box_NONCEBYTES;
    std::string sealed(boxAt + crypto_box_MACBYTES + content.size(), '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(sealed.data());
    std::array<unsigned char, crypto_box_SECRETKEYBYTES> secret;
    crypto_box_keypair(bytes, secret.data());
    require(crypto_box_easy(bytes + boxAt, bytesOf(content).data(), content.size(), bytes + nonceAt,
                            fuzz::masterKey().sealPublic.data(), secret.data()) == 0,
            "the key is one");
    Uuid attempt;
    if (content.size() > attempt.bytes.size())
        std::memcpy(attempt.bytes.data(), content.data() + 1, attempt.bytes.size());
    const auto open = openSealedCode(fuzz::masterKey(), attempt, bytesOf(sealed));
    if (!open)
        return;
    require(content[0] == 1, "only a known version opens");
    require(textOf(*open) == content.substr(17), "the code is what stands behind the attempt");
    require(!open->empty() && open->size() <= maxCodeLength, "a code has 1 to 2,048 bytes");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = textOf({data, size});
    require(!opens(fuzz::Input(data, size).uuid(), bytes), "bytes that nobody sealed do not open");
    anyContentIsSurvived(bytes);
    codeComesBack({data, size});
    return 0;
}
