// Secrets and their fingerprints, by libsodium.
#pragma once

#include <string>

namespace grantlink::sandbox {

std::string randomText(std::size_t length); // letters and digits

// The first 12 hex digits of the SHA-256: enough for a test to recognise a token it knows.
std::string fingerprint(const std::string& secret);

bool sameSecret(const std::string& a, const std::string& b); // in constant time for equal lengths

} // namespace grantlink::sandbox
