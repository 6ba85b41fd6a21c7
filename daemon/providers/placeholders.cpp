#include "daemon/providers/placeholders.hpp"

#include "daemon/net/url.hpp"

namespace grantlink {

bool isPlaceholder(std::string_view name) {
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                                std::string_view::npos;
}

namespace {

// Gives `literal` the text between placeholders, and `placeholder` their names.
template <typename Literal, typename Placeholder>
void walk(std::string_view text, Literal literal, Placeholder placeholder) {
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = open == std::string_view::npos ? open : text.find('}', open);
        if (close == std::string_view::npos) {
            literal(text);
            return;
        }
        const std::string_view name = text.substr(open + 1, close - open - 1);
        if (isPlaceholder(name)) {
            literal(text.substr(0, open));
            placeholder(name);
            text.remove_prefix(close + 1);
        } else { // a brace that is only a brace
            literal(text.substr(0, open + 1));
            text.remove_prefix(open + 1);
        }
    }
}

std::string valueOf(const Values& values, std::string_view name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
}

} // namespace

const std::vector<std::string_view>& standardPlaceholders() {
    static const std::vector<std::string_view> names{
        "client_id",     "client_secret", "redirect_uri", "access_token",
        "refresh_token", "account_id",    "handle",       "tenant"};
    return names;
}

std::vector<std::string> placeholdersIn(std::string_view text) {
    std::vector<std::string> out;
    walk(
        text, [](std::string_view) {}, [&](std::string_view name) { out.emplace_back(name); });
    return out;
}

std::string fillText(std::string_view text, const Values& values) {
    std::string out;
    walk(
        text, [&](std::string_view literal) { out += literal; },
        [&](std::string_view name) { out += valueOf(values, name); });
    return out;
}

bool namesItsHost(std::string_view url) {
    constexpr std::string_view tenant = "{tenant}";
    const auto scheme = url.find("://");
    if (scheme == url.npos || url.starts_with('{'))
        return false;
    url.remove_prefix(scheme + 3);
    std::string host(url.substr(0, url.find_first_of("/?#")));
    for (std::size_t at; (at = host.find(tenant)) != host.npos;)
        host.replace(at, tenant.size(), "a.tenant"); // the operator has named it
    const auto end = host.rfind('}');
    if (end == host.npos)
        return true;
    // ".example.com" and not ".com", below which anybody may have a name.
    return host.compare(end + 1, 1, ".") == 0 && host.find('.', end + 2) != host.npos;
}

std::string fillUrl(std::string_view url, const Values& values) {
    std::string out;
    walk(
        url, [&](std::string_view literal) { out += literal; },
        [&](std::string_view name) {
            const std::string value = valueOf(values, name);
            out += out.empty() ? value : percentEncode(value);
        });
    return out;
}

} // namespace grantlink
