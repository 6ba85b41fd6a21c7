// Our cookies in a Cookie header (RFC 6265, section 4.2.1). Input is hostile.
#pragma once

#include "shared/secret.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

struct Cookie {
    std::string name;
    SecretBytes value;
};

// What is kept of ours in one request; a browser has one or two.
constexpr std::size_t maxCookies = 32;

bool isOurCookie(std::string_view name);

// Overwrites the value of each cookie of ours with '*' and, when there is an `out`, moves it there.
// Above maxCookies the first ones are let go of.
void takeOwnCookies(std::span<char> header, std::vector<Cookie>* out);

} // namespace grantlink
