// Secrets, and hashes of them, by libsodium.
#pragma once

#include <string>

namespace grantlink::sandbox {

std::string randomText(std::size_t length); // letters and digits

// The first 12 hex digits of the SHA-256: enough for a test to recognise a token it knows.
std::string fingerprint(const std::string& secret);

std::string challengeOf(const std::string& verifier); // S256 (RFC 7636, section 4.6)

bool sameSecret(const std::string& a, const std::string& b); // in constant time for equal lengths

} // namespace grantlink::sandbox
