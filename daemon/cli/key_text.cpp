#include "daemon/cli/key_text.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace grantlink {

namespace {

// A key's line, and the comment before it that says when it was made.
struct Found {
    std::size_t begin, end;
};

bool isLineOf(std::string_view line, std::string_view word, std::optional<KeyId> id) {
    const auto take = [&line] {
        const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
        const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
        const std::string_view out = line.substr(begin, end - begin);
        line.remove_prefix(end);
        return out;
    };
    return take() == word && (!id || std::stoi("0" + std::string(take())) == *id);
}

// The first of the word, or that of an id.
std::optional<Found> lineOf(std::string_view text, std::string_view word, std::optional<KeyId> id) {
    std::optional<std::size_t> made;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const std::string_view line = text.substr(at, end - at);
        if (isLineOf(line, word, id))
            return Found{made.value_or(at), end};
        made = line.starts_with("# made ") ? std::optional(at) : std::nullopt;
        at = end;
    }
    return std::nullopt;
}

void append(SecretBytes& out, std::string_view text) {
    out.insert(out.end(), text.begin(), text.end());
}

} // namespace

SecretBytes withKeyLines(std::string_view text, std::string_view word, std::string_view lines,
                         Place place) {
    const auto first = lineOf(text, word, std::nullopt);
    const std::size_t at = place == Place::front && first ? first->begin : text.size();
    SecretBytes out;
    append(out, text.substr(0, at));
    if (!out.empty() && out.back() != '\n')
        out.push_back('\n');
    append(out, lines);
    append(out, text.substr(at));
    return out;
}

SecretBytes withoutKey(std::string_view text, std::string_view word, KeyId id) {
    const auto found = lineOf(text, word, id);
    if (!found)
        return secretCopy(text);
    SecretBytes out = secretCopy(text.substr(0, found->begin));
    append(out, text.substr(found->end));
    return out;
}

SecretBytes keyLinesOf(std::string_view text, std::string_view word, KeyId id) {
    const auto found = lineOf(text, word, id);
    if (!found)
        return {};
    SecretBytes out = secretCopy(text.substr(found->begin, found->end - found->begin));
    if (out.back() != '\n')
        out.push_back('\n');
    return out;
}

} // namespace grantlink
