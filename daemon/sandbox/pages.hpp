// The pages of a pretend provider. They work on a phone, in the dark and without JavaScript,
// and set no cookie: what they need to know travels in hidden fields.
#pragma once

#include "daemon/sandbox/accounts.hpp"
#include "daemon/sandbox/parameters.hpp"
#include "daemon/sandbox/shape.hpp"

#include <string>

namespace grantlink::sandbox {

// `hidden` are the fields of the authorization request, sent along with the form, to `action`.
std::string loginPage(const Shape& shape, const std::string& action,
                      const Parameters::Fields& hidden);
std::string consentPage(const Shape& shape, const std::string& action, const Account& account,
                        const std::string& clientId, const std::vector<std::string>& scopes,
                        const Parameters::Fields& hidden);
std::string homePage(const Shape& shape);
std::string errorPage(const Shape& shape, const std::string& message);

} // namespace grantlink::sandbox
