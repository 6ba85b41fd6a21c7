// The spool's two records: the approval that the edge wrote, and the outcome that the daemon
// answers.
//
// Formats: docs/formats.md. The daemon reads approvals as untrusted input: whoever takes over a
// worker can write any bytes here.
#pragma once

#include "shared/keys.hpp"
#include "shared/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// How an attempt ended. The numbers are on disk: add, never change.
enum class Outcome : std::uint8_t {
    connected = 1,
    declined = 2,
    wrongAccount = 3,
    replaced = 4,  // the link was regenerated while the approval waited
    expired = 5,   // the approval came too late
    cancelled = 6, // the requester took the request back while the approval waited
    alreadyConnected = 7,
    providerError = 8,
};

std::string_view nameOf(Outcome outcome); // as in the API: "wrong_account"
std::optional<Outcome> outcomeNamed(std::string_view name);

enum class ApprovalKind : std::uint8_t {
    code = 1,  // payload: sealed authorization code
    error = 2, // payload: the provider's `error` value (RFC 6749, section 4.1.2.1)
};

struct Approval {
    ApprovalKind kind = ApprovalKind::code;
    KeyId edgeKey = 0; // derives the PKCE verifier and the nonce
    KeyId sealKey = 0;
    Uuid connection;
    std::uint32_t generation = 0;
    TimeMs received = 0;
    std::string_view payload; // points into the record it was parsed from
};

std::string encodeApproval(const Approval& approval);
std::optional<Approval> parseApproval(Bytes record);

struct OutcomeRecord {
    Outcome outcome = Outcome::providerError;
    Uuid connection;
    std::uint32_t generation = 0;
    TimeMs at = 0;
    // wrongAccount: the account that approved; providerError: what the provider said. For people.
    std::string detail;
};

std::string encodeOutcome(const OutcomeRecord& outcome);
std::optional<OutcomeRecord> parseOutcome(Bytes record);

} // namespace grantlink
