#include "shared/language_tag.hpp"

#include <algorithm>

namespace grantlink {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isLetterOrDigit(char c) {
    return isLetter(c) || (c >= '0' && c <= '9');
}

// Takes the subtag at the front off.
std::string_view next(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('-'), rest.size());
    const std::string_view out = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return out;
}

bool isSubtag(std::string_view subtag) {
    return !subtag.empty() && subtag.size() <= 8 &&
           std::all_of(subtag.begin(), subtag.end(), isLetterOrDigit);
}

} // namespace

bool isLanguageTag(std::string_view tag) {
    if (tag.size() < 2 || tag.size() > 35 || tag.back() == '-')
        return false;
    const std::string_view language = next(tag);
    if (language.size() < 2 || language.size() > 3 ||
        !std::all_of(language.begin(), language.end(), isLetter))
        return false;
    bool introduced = false; // the subtag before is of one character and needs one behind it
    bool isPrivate = false;  // behind "x" all is up to whoever wrote it
    while (!tag.empty()) {
        const std::string_view subtag = next(tag);
        if (!isSubtag(subtag) || (introduced && !isPrivate && subtag.size() == 1))
            return false;
        introduced = subtag.size() == 1 && !isPrivate;
        isPrivate = isPrivate || subtag == "x" || subtag == "X";
    }
    return !introduced;
}

bool sameLanguageTag(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view shorterLanguageTag(std::string_view tag) {
    do
        tag = tag.find('-') == std::string_view::npos ? std::string_view()
                                                      : tag.substr(0, tag.rfind('-'));
    while (tag.size() >= 2 && tag[tag.size() - 2] == '-');
    return tag;
}

} // namespace grantlink
