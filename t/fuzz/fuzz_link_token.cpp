// Link tokens: one spelling each, and each has a key of its own.
#include "shared/base64url.hpp"
#include "shared/link_token.hpp"

#include "t/fuzz/fixed_keys.hpp"
#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

void onlyBase64urlIsAToken(std::string_view text) {
    const auto key = linkKeyOf(text);
    const auto bytes = base64urlDecode(text);
    const bool expected = text.size() == linkTokenLength && bytes;
    require(key.has_value() == expected, "a token is 32 characters of base64url");
    require(!key || base64url(*bytes) == text, "a token has one spelling");
    const auto token = LinkToken::parse(text);
    require(token.has_value() == expected, "one is told so as soon as it is read");
    if (token)
        require(std::equal(bytes->begin(), bytes->begin() + sizeof(LinkLocator),
                           token->locator().bytes.begin()) &&
                    token->key() == *key && key->locator() == token->locator(),
                "a key begins with its token's locator");
}

void tokensAreTheirOwn(fuzz::Input in) {
    const Uuid connection = in.uuid();
    const auto generation = in.integer<std::uint32_t>();
    const std::string token = makeLinkToken(fuzz::masterKey(), connection, generation);
    const auto key = linkKeyOf(token);
    require(key.has_value(), "a token that was made is one");
    require(makeLinkToken(fuzz::masterKey(), connection, generation + 1) != token,
            "another generation has another token");
    const auto position = in.integer<std::uint8_t>();
    const auto difference = in.integer<std::uint8_t>();
    require(linkKeyOf(fuzz::changed(token, position, difference)) != key,
            "a changed token has no key, or another one");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    onlyBase64urlIsAToken(textOf({data, size}));
    tokensAreTheirOwn({data, size});
    return 0;
}
