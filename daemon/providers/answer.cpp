#include "daemon/providers/answer.hpp"

#include <algorithm>

namespace grantlink {

std::string findText(const Json& answer, const Pointers& pointers) {
    for (const std::string& pointer : pointers)
        if (std::string text = answer.pointer(pointer).text(); !text.empty())
            return text;
    return {};
}

std::string findWords(const Json& answer, const Pointers& pointers) {
    for (const std::string& pointer : pointers) {
        const Json found = answer.pointer(pointer);
        std::string words = found.text();
        for (std::size_t i = 0; found.isArray() && i < found.size(); ++i)
            words += (words.empty() ? "" : " ") + found.at(i).text();
        if (!words.empty())
            return words;
    }
    return {};
}

void putAccount(std::map<std::string, std::string>& values, const Json& answer,
                const IdentityStep& step) {
    values["account_id"] = findText(answer, step.id);
    values["handle"] = findText(answer, step.handle);
    values["display_name"] = findText(answer, step.name);
}

bool succeeded(const Json& answer, const SuccessRule& rule) {
    if (rule.pointer.empty())
        return true;
    const Json found = answer.pointer(rule.pointer);
    const std::string text = found.isBoolean() ? found.dump() : found.text();
    return std::find(rule.is.begin(), rule.is.end(), text) != rule.is.end();
}

} // namespace grantlink
