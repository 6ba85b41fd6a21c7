// What the sandbox was started with, and what the control API may change while it runs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace grantlink::sandbox {

constexpr std::chrono::seconds forEver = std::chrono::hours(100 * 365 * 24);

// How long what it issues lives.
struct Lifetimes {
    std::chrono::seconds code = std::chrono::minutes(10);
    std::chrono::seconds shortLived = std::chrono::hours(1);
    std::chrono::seconds longLived = forEver;
    std::chrono::seconds refresh = forEver;
    std::chrono::seconds refreshMinAge = std::chrono::seconds(0); // of a token that is prolonged
};

struct Settings {
    std::string clientId = "sandbox-client";
    std::string clientSecret = "sandbox-secret";
    std::vector<std::string> redirectUris; // compared exactly (RFC 9700, section 4.1.3)
    Lifetimes lifetimes;                   // at first those of the shape

    // Instagram's token answer is documented inside {"data":[…]} and has been seen without it.
    bool wrappedTokens = true;

    // Slack and GitHub have apps whose tokens expire, and others.
    bool lastingTokens = false;

    bool control = true; // off when the listener is not on the loopback interface
};

} // namespace grantlink::sandbox
