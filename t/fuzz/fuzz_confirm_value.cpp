// The confirm cookie's value, which the browser that brings it may have made up.
#include "ngx_module/confirm_value.hpp"
#include "shared/sealed_code.hpp"

#include "t/fuzz/fixed_keys.hpp"
#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

std::string stateOf(const Uuid& attempt) {
    const auto text = valuesOf({attempt, attempt, 1}, fuzz::edgeKeys().current()).state;
    return {text.data(), text.size()};
}

void acceptedValueIsWhatWeMake(std::string_view value, const Uuid& attempt) {
    const auto parsed = parseConfirmValue(value, attempt, fuzz::edgeKeys());
    if (!parsed)
        return;
    const auto state = valuesOf(parsed->verified.state, *parsed->verified.key).state;
    require(encodeConfirmValue({state.data(), state.size()}, parsed->sealed) == value,
            "a confirm value that is accepted encodes to the same text");
    require(parsed->verified.state.attempt == attempt, "it belongs to its attempt");
}

void valueComesBack(fuzz::Input in) {
    const Uuid attempt = in.uuid();
    const auto position = in.integer<std::uint8_t>();
    const auto difference = in.integer<std::uint8_t>();
    const std::string state = stateOf(attempt), sealed(in.rest());
    const std::string value = encodeConfirmValue(state, sealed);
    const auto parsed = parseConfirmValue(value, attempt, fuzz::edgeKeys());
    const bool fits =
        sealed.size() > sealedCodeOverhead && sealed.size() <= sealedCodeOverhead + maxCodeLength;
    require(parsed.has_value() == fits, "it is accepted when what is sealed has a code's size");
    require(!parsed || parsed->sealed == sealed, "what is sealed comes back");
    const std::string other =
        encodeConfirmValue(fuzz::changed(state, position, difference), sealed);
    require(!parseConfirmValue(other, attempt, fuzz::edgeKeys()), "a changed state is refused");
    Uuid neighbour = attempt;
    neighbour.bytes[position % 16] ^= 1;
    require(!parseConfirmValue(value, neighbour, fuzz::edgeKeys()),
            "another attempt's value is refused");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Uuid attempt = fuzz::Input(data, size).uuid();
    acceptedValueIsWhatWeMake(textOf({data, size}), attempt);
    // Behind a state that verifies, any bytes.
    acceptedValueIsWhatWeMake(stateOf(attempt) + "." + std::string(textOf({data, size})), attempt);
    valueComesBack({data, size});
    return 0;
}
