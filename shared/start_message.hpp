// What nginx and grantlinkd say to each other on start.sock: "push the authorization request of
// this attempt" (RFC 9126), and where the browser is to go then. docs/formats.md has the bytes.
//
// Lifetime: what is parsed points into the message.
#pragma once

#include "shared/attempt.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

constexpr std::size_t startRequestLength = 1 + State::textLength;

enum class StartStatus : std::uint8_t {
    started = 0,     // the provider has the request
    refused = 1,     // by grantlinkd: there is nothing to start with this state
    unreachable = 2, // the provider did not answer, or not with a request_uri
    busy = 3,        // as many are on their way as may be
};

struct StartReply {
    static constexpr std::size_t maxUrl = 4096;              // bytes
    static constexpr std::size_t maxLength = 2 + 2 + maxUrl; // of a message

    StartStatus status = StartStatus::refused;
    std::string_view url; // empty unless started: printable ASCII without spaces
};

// `state` has State::textLength characters. The reply's url must be as above: std::length_error.
std::string encodeStartRequest(std::string_view state);
std::string encodeStartReply(const StartReply& reply);

// Each answers nothing for another version or length, or for what encoding would not make. The
// state is checked by decodeState() alone.
std::optional<std::string_view> parseStartRequest(Bytes message);
std::optional<StartReply> parseStartReply(Bytes message);

} // namespace grantlink
