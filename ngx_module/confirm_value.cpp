#include "ngx_module/confirm_value.hpp"

#include "shared/base64url.hpp"
#include "shared/sealed_code.hpp"

namespace grantlink {

std::string encodeConfirmValue(std::string_view state, std::string_view sealed) {
    return std::string(state) + "." + base64url(bytesOf(sealed));
}

std::optional<ConfirmValue> parseConfirmValue(std::string_view value, const Uuid& attempt,
                                              const EdgeKeys& keys) {
    const std::size_t dot = value.find('.');
    if (dot == std::string_view::npos)
        return std::nullopt;
    const auto verified = decodeState(value.substr(0, dot), keys);
    const auto sealed = base64urlDecode(value.substr(dot + 1));
    if (!verified || verified->state.attempt != attempt || !sealed ||
        sealed->size() <= sealedCodeOverhead || sealed->size() > sealedCodeOverhead + maxCodeLength)
        return std::nullopt;
    return ConfirmValue{*verified, std::string(textOf(*sealed))};
}

} // namespace grantlink
