#include "daemon/providers/answer.hpp"

#include <algorithm>

namespace grantlink {

namespace {

bool fits(const Json& answer, const AnswerRule& rule) {
    return std::ranges::any_of(rule.pointers, [&](const std::string& pointer) {
        const Json found = answer.pointer(pointer);
        const std::string text = found.isBoolean() ? found.dump() : found.text();
        return std::ranges::find(rule.is, text) != rule.is.end();
    });
}

} // namespace

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

bool succeeded(const Json& answer, const AnswerRule& success) {
    return success.pointers.empty() || fits(answer, success);
}

bool isDead(int status, const Json& answer, const RequestTemplate& request) {
    if (status == 401 && request.showsToken)
        return true;
    return fits(answer, request.dead);
}

} // namespace grantlink
