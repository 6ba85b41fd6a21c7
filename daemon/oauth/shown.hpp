// Texts in which secrets are not to be seen.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/net/http_client.hpp"

#include <string>
#include <string_view>

namespace grantlink {

// `secrets` are HttpRequest::secrets.

// Without what was sent along: some providers repeat a code or a token in their messages.
std::string without(std::string text, const Headers& secrets);

// Each of the secrets replaced by its name in braces, also where it is written as in a form, a URL
// or JSON.
std::string hide(std::string text, const Headers& secrets);

// The same for what a provider has said; and what looks like a secret nobody knows yet, by where it
// stands or by how random it is, is replaced by its length.
Json hideIn(const Json& answer, const Headers& secrets);
std::string hideWords(const std::string& text, const Headers& secrets);

// Whether a value of that name is one.
bool isSecretName(std::string_view name);

} // namespace grantlink
