// The query or form body of an authorization response.
#include "ngx_module/callback_parameters.hpp"
#include "shared/sealed_code.hpp"

#include "t/fuzz/fuzz.hpp"

#include <utility>

using namespace grantlink;
using fuzz::require;

namespace {

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

Fields fieldsOf(const CallbackParameters& parameters) {
    Fields out;
    for (const auto& [name, value] : Fields{{"code", parameters.codeText()},
                                            {"state", parameters.state},
                                            {"iss", parameters.iss},
                                            {"error", parameters.error},
                                            {"problem", parameters.problem}})
        if (!value.empty())
            out.emplace_back(name, value);
    return out;
}

void valuesAreBounded(const CallbackParameters& parameters) {
    for (const auto& [name, value] : fieldsOf(parameters)) {
        require(value.size() <= (name == "code" ? maxCodeLength : 512), "a value has its limit");
        for (const unsigned char c : value)
            require(c >= 0x20 && c != 0x7f, "a value has no control character");
    }
}

std::string percentEncoded(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const unsigned char c : text)
        out += {'%', digits[c >> 4], digits[c & 15]};
    return out;
}

std::string encoded(const Fields& fields) {
    std::string out;
    for (const auto& [name, value] : fields)
        out += (out.empty() ? "" : "&") + percentEncoded(name) + "=" + percentEncoded(value);
    return out;
}

bool same(const std::optional<CallbackParameters>& a, const CallbackParameters& b) {
    return a && fieldsOf(*a) == fieldsOf(b);
}

void acceptedParametersComeBack(std::string_view text, const CallbackParameters& parameters) {
    const Fields fields = fieldsOf(parameters);
    require(same(parseCallbackParameters(encoded(fields)), parameters), "parameters come back");
    const Fields reversed(fields.rbegin(), fields.rend());
    require(same(parseCallbackParameters(encoded(reversed)), parameters), "in any order");
    const std::string padded = "x=1&" + std::string(text) + "&y";
    require(same(parseCallbackParameters(padded), parameters), "others are passed over");
    // RFC 6749, section 3.1: no parameter more than once.
    const std::string twice = std::string(text) + "&" + encoded(fields);
    require(fields.empty() || !parseCallbackParameters(twice), "none may come twice");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = textOf({data, size});
    const auto parameters = parseCallbackParameters(text);
    if (!parameters)
        return 0;
    valuesAreBounded(*parameters);
    acceptedParametersComeBack(text, *parameters);
    return 0;
}
