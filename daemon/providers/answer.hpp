// What a provider's answer says, found by the pointers of its preset.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/providers/preset.hpp"

#include <map>
#include <string>

namespace grantlink {

// The value under the first pointer that finds a text that is not empty, or an integer.
// Integers are kept digit for digit. "" when none does.
std::string findText(const Json& answer, const Pointers& pointers);

// The same for a list of words, which may be a text or an array of texts: divided by blanks.
std::string findWords(const Json& answer, const Pointers& pointers);

// Who an answer, or an ID token's claims, speak of: as the values {account_id}, {handle} and
// display_name.
void putAccount(std::map<std::string, std::string>& values, const Json& answer,
                const IdentityStep& step);

// Whether an answer of status 2xx is the answer to what was asked.
bool succeeded(const Json& answer, const AnswerRule& success);

// Whether an answer says that the approval is gone, so that only a new one helps: by its own rule,
// or by a 401 to a request that showed the access token (RFC 6750, section 3.1).
bool isDead(int status, const Json& answer, const RequestTemplate& request);

} // namespace grantlink
