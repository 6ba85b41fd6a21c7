// What the sandbox was started with, and what the control API may change while it runs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace grantlink::sandbox {

struct Settings {
    std::string clientId = "sandbox-client";
    std::string clientSecret = "sandbox-secret";
    std::vector<std::string> redirectUris; // compared exactly (RFC 9700, section 4.1.3)

    // Instagram's token answer is documented inside {"data":[…]} and has been seen without it.
    bool wrappedTokens = true;

    std::chrono::seconds codeLifetime = std::chrono::hours(1);
    std::chrono::seconds shortLifetime = std::chrono::hours(1);
    std::chrono::seconds longLifetime = std::chrono::hours(24 * 60);
    std::chrono::seconds refreshMinAge = std::chrono::hours(24);

    bool control = true; // off when the listener is not on the loopback interface
};

} // namespace grantlink::sandbox
