// The pages of the pretend Instagram. They work on a phone, in the dark and without JavaScript,
// and set no cookie: what they need to know travels in hidden fields.
#pragma once

#include "daemon/sandbox/accounts.hpp"
#include "daemon/sandbox/parameters.hpp"

#include <string>

namespace grantlink::sandbox {

// `hidden` are the fields of the authorization request, sent along with the form.
std::string loginPage(const Parameters::Fields& hidden);
std::string consentPage(const Account& account, const std::string& clientId,
                        const std::vector<std::string>& scopes, const Parameters::Fields& hidden);
std::string homePage();
std::string errorPage(const std::string& message);

} // namespace grantlink::sandbox
