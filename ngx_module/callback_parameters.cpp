#include "ngx_module/callback_parameters.hpp"

#include "shared/sealed_code.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t maxShortValue = 512; // state has 72, issuers are short URLs

int hexValue(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// application/x-www-form-urlencoded; nothing when broken or when a control character comes out.
std::optional<SecretBytes> decode(std::string_view text, std::size_t limit) {
    SecretBytes out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        int byte = static_cast<unsigned char>(text[i]);
        if (byte == '+') {
            byte = ' ';
        } else if (byte == '%') {
            if (i + 2 >= text.size())
                return std::nullopt;
            const int high = hexValue(text[i + 1]), low = hexValue(text[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            byte = high << 4 | low;
            i += 2;
        }
        if (byte < 0x20 || byte == 0x7f || out.size() == limit)
            return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(byte));
    }
    return out;
}

struct Field {
    std::string_view name;
    std::string CallbackParameters::*value;
};

constexpr Field shortFields[] = {
    {"state", &CallbackParameters::state},
    {"iss", &CallbackParameters::iss},
    {"error", &CallbackParameters::error},
    {"problem", &CallbackParameters::problem},
};

// False when the parameter makes the whole response unusable.
bool take(CallbackParameters& out, std::string_view name, std::string_view encoded) {
    if (name == "code") {
        auto value = decode(encoded, maxCodeLength);
        if (!value || value->empty() || !out.code.empty())
            return false;
        out.code = std::move(*value);
        return true;
    }
    for (const Field& field : shortFields) {
        if (name != field.name)
            continue;
        const auto value = decode(encoded, maxShortValue);
        if (!value || !(out.*field.value).empty()) // an empty one counts as absent
            return false;
        (out.*field.value).assign(value->begin(), value->end());
    }
    return true;
}

} // namespace

std::optional<CallbackParameters> parseCallbackParameters(std::string_view encoded) {
    CallbackParameters out;
    while (!encoded.empty()) {
        const std::string_view field = encoded.substr(0, encoded.find('&'));
        encoded.remove_prefix(std::min(encoded.size(), field.size() + 1));
        const std::size_t equals = field.find('=');
        const auto name = decode(field.substr(0, equals), maxShortValue);
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
        if (!name || !take(out, textOf(*name), value))
            return std::nullopt;
    }
    return out;
}

} // namespace grantlink
