#include "ngx_module/negotiation.hpp"

#include "ngx_module/next_part.hpp"
#include "shared/language_tag.hpp"
#include "shared/trimmed.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t longestHeader =
    256; // what a browser sends is far shorter; the rest is ignored
constexpr int fullWeight = 1000;

// "q=0.8" in thousandths (RFC 9110, section 12.4.2); -1 when it is malformed.
int weightOf(std::string_view parameter) {
    if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=')
        return -1;
    const std::string_view value = parameter.substr(2);
    if ((value[0] != '0' && value[0] != '1') || value.size() > 5 ||
        (value.size() > 1 && value[1] != '.'))
        return -1;
    int weight = (value[0] - '0') * fullWeight;
    int unit = fullWeight / 10;
    for (const char digit : value.substr(std::min<std::size_t>(value.size(), 2))) {
        if (digit < '0' || digit > '9')
            return -1;
        weight += (digit - '0') * unit;
        unit /= 10;
    }
    return weight <= fullWeight ? weight : -1;
}

} // namespace

std::optional<std::size_t> languageNamed(std::string_view tag,
                                         std::span<const Language> languages) {
    if (tag.empty() || !isLanguageTag(tag))
        return std::nullopt;
    for (; !tag.empty(); tag = shorterLanguageTag(tag))
        for (std::size_t i = 0; i < languages.size(); ++i)
            if (sameLanguageTag(tag, languages[i].tag))
                return i;
    return std::nullopt;
}

std::optional<std::size_t> languageAccepted(std::string_view header,
                                            std::span<const Language> languages) {
    header = header.substr(0, longestHeader);
    std::optional<std::size_t> best;
    int bestWeight = 0;
    while (!header.empty()) {
        std::string_view element = nextPart(header, ',');
        const std::string_view range = trimmed(nextPart(element, ';'));
        const int weight = element.empty() ? fullWeight : weightOf(trimmed(element));
        if (weight <= bestWeight) // among equals the first
            continue;
        if (const auto found = languageNamed(range, languages)) {
            best = found;
            bestWeight = weight;
        }
    }
    return best;
}

std::optional<std::size_t> LastAccepted::languageAccepted(std::string_view header,
                                                          std::span<const Language> languages) {
    header = header.substr(0, longestHeader);
    if (header != header_) {
        header_ = header;
        language_ = grantlink::languageAccepted(header, languages);
    }
    return language_;
}

} // namespace grantlink
