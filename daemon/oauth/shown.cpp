#include "daemon/oauth/shown.hpp"

#include "daemon/net/url.hpp"
#include "daemon/text/ascii.hpp"
#include "shared/uuid.hpp"

#include <algorithm>
#include <array>

namespace grantlink {

namespace {

constexpr std::size_t shortestRandom = 20; // characters; tokens and codes are longer
constexpr std::size_t deepest = 32;

void replaceAll(std::string& text, const std::string& what, const std::string& by) {
    if (what.empty())
        return;
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What tokens are written with (RFC 6750, section 2.1).
bool isTokenCharacter(char c) {
    return isDigit(c) || isLetter(c) || std::string_view("-._~+/=|!").find(c) != std::string::npos;
}

// Numbers, words and ids that are public by their form are not.
bool looksRandom(std::string_view text) {
    if (text.size() < shortestRandom || Uuid::parse(std::string(text)))
        return false;
    const bool characters = std::all_of(text.begin(), text.end(), isTokenCharacter);
    const bool digits = std::any_of(text.begin(), text.end(), isDigit);
    const bool letters = std::any_of(text.begin(), text.end(), isLetter);
    return characters && digits && letters;
}

std::string lengthOf(std::string_view text) {
    return "(" + std::to_string(text.size()) + " characters)";
}

// The query of a URL may hold one, its path is what it is.
std::string shownUrl(const std::string& url) {
    const std::size_t query = url.find('?');
    return query == std::string::npos ? url : url.substr(0, query) + "?…";
}

std::string shownValue(const std::string& name, const std::string& value, const Headers& secrets) {
    for (const auto& [known, secret] : secrets)
        if (value == secret)
            return "{" + known + "}";
    if (isSecretName(name) && value.size() >= 8)
        return lengthOf(value);
    if (value.starts_with("https://") || value.starts_with("http://"))
        return hide(shownUrl(value), secrets);
    return hideWords(value, secrets);
}

Json hidden(const std::string& name, const Json& value, const Headers& secrets, std::size_t depth) {
    if (depth > deepest)
        return "…";
    if (value.isString())
        return shownValue(name, value.str(), secrets);
    if (value.isArray()) {
        Json out = Json::array();
        for (std::size_t i = 0; i < value.size(); ++i)
            out.push(hidden(name, value.at(i), secrets, depth + 1));
        return out;
    }
    if (!value.isObject())
        return value;
    Json out = Json::object();
    for (const std::string& key : value.keys())
        out.set(hideWords(key, secrets), hidden(key, value[key], secrets, depth + 1));
    return out;
}

} // namespace

bool isSecretName(std::string_view name) {
    static constexpr std::array<std::string_view, 9> parts{"token",  "secret",    "password",
                                                           "cookie", "assertion", "signature",
                                                           "ticket", "jwt",       "verifier"};
    const std::string lower = lowerCase(name);
    if (lower == "code" || lower == "authorization" || lower == "dpop" || lower == "request_uri")
        return true;
    if (lower.ends_with("_type") || lower.ends_with("_hint") || lower.ends_with("_in"))
        return false;
    return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
        return lower.find(part) != std::string::npos;
    });
}

std::string without(std::string text, const Headers& secrets) {
    for (const auto& [name, secret] : secrets)
        replaceAll(text, secret, "…");
    return text;
}

std::string hide(std::string text, const Headers& secrets) {
    for (const auto& [name, secret] : secrets) {
        const std::string shown = "{" + name + "}";
        const std::string asJson = Json(secret).dump();
        replaceAll(text, secret, shown);
        replaceAll(text, percentEncode(secret), shown);
        replaceAll(text, asJson.substr(1, asJson.size() - 2), shown);
    }
    return text;
}

std::string hideWords(const std::string& text, const Headers& secrets) {
    const std::string known = hide(text, secrets);
    std::string out;
    for (std::size_t at = 0; at < known.size();) {
        const auto begin = known.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = std::find_if_not(begin, known.end(), isTokenCharacter);
        const std::string_view word(&*begin, static_cast<std::size_t>(end - begin));
        if (word.empty()) {
            out += known[at++];
            continue;
        }
        out += looksRandom(word) ? lengthOf(word) : std::string(word);
        at += word.size();
    }
    return out;
}

Json hideIn(const Json& answer, const Headers& secrets) {
    return hidden("", answer, secrets, 0);
}

} // namespace grantlink
