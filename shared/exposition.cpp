#include "shared/exposition.hpp"

namespace grantlink {

namespace {

// A line of HELP escapes backslash and line feed, a label's value the quote as well.
void appendEscaped(std::string& out, std::string_view text, bool quoted) {
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\\' || (quoted && c == '"'))
            (out += '\\') += c;
        else
            out += c;
    }
}

} // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_.append("# HELP ").append(name) += ' ';
    appendEscaped(text_, help, false);
    text_.append("\n# TYPE ").append(name).append(" ").append(type) += '\n';
}

void Exposition::sample(Labels labels, std::uint64_t value) {
    sample({}, labels, value);
}

void Exposition::sample(std::string_view suffix, Labels labels, std::uint64_t value,
                        unsigned places) {
    text_.append(name_).append(suffix);
    char before = '{';
    for (const auto& [label, content] : labels) {
        (text_ += before).append(label).append("=\"");
        appendEscaped(text_, content, true);
        text_ += '"';
        before = ',';
    }
    text_.append(labels.size() ? "} " : " ").append(decimal(value, places)) += '\n';
}

void Exposition::bucket(std::optional<Label> label, std::string_view bound, std::uint64_t value) {
    if (label)
        sample("_bucket", {*label, {"le", bound}}, value);
    else
        sample("_bucket", {{"le", bound}}, value);
}

void Exposition::part(std::string_view suffix, std::optional<Label> label, std::uint64_t value,
                      unsigned places) {
    if (label)
        sample(suffix, {*label}, value, places);
    else
        sample(suffix, {}, value, places);
}

std::string decimal(std::uint64_t value, unsigned places) {
    std::string digits = std::to_string(value);
    if (places == 0)
        return digits;
    if (digits.size() <= places)
        digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.')
        digits.pop_back();
    return digits;
}

} // namespace grantlink
