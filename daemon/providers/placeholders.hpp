// Placeholders in a preset's texts: {access_token} stands for the access token.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

using Values = std::map<std::string, std::string, std::less<>>;

// Those that every request knows; a preset adds the names of [token.keep].
const std::vector<std::string_view>& standardPlaceholders();

// Whether it could be the name of one: a-z, 0-9 and _.
bool isPlaceholder(std::string_view name);

// The names between braces, in order.
std::vector<std::string> placeholdersIn(std::string_view text);

// The text with values in the place of placeholders; one without a value becomes empty.
std::string fillText(std::string_view text, const Values& values);

// The same for a URL: values are percent-encoded, but for one that begins it, which is a URL.
std::string fillUrl(std::string_view url, const Values& values);

// Whether no value can decide who is asked: the URL has its host, or the end of it, as in
// "https://{name}.api.example.com/". {tenant} is the operator's own and counts as text.
bool namesItsHost(std::string_view url);

} // namespace grantlink
