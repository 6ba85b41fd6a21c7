// How a command ends, and why.
//
// A command that cannot do what it was asked throws CommandFailure; main() prints the message and
// exits with the code. Nothing in between has to handle it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace grantlink {

// Documented in the epilog of --help.
enum class ExitCode {
    ok = 0,
    refused = 1,      // by the daemon (4xx), or by the user at a question
    usage = 2,        // the command line makes no sense, or names no one connection
    unreachable = 3,  // no daemon behind the socket
    notPermitted = 4, // the socket or the daemon does not let this user
    daemonError = 5,  // 5xx, or an answer that makes no sense
};

class CommandFailure : public std::runtime_error {
  public:
    // `message`: what was wrong; where; what to do. Without the program's name.
    CommandFailure(ExitCode code, const std::string& message)
        : std::runtime_error(message), code_(code) {}

    ExitCode code() const { return code_; }

  private:
    ExitCode code_;
};

// The failure behind an HTTP status that is not 2xx: from the daemon's problem document (RFC 9457),
// or from the status alone when the body is none. `path` is what was asked for.
CommandFailure failureOf(long status, const std::string& body, std::string_view path);

} // namespace grantlink
