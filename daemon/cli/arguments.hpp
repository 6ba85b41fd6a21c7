// The command line of `grantlink`: what can be said, and the help that teaches it.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace grantlink {

struct Session;

struct Arguments {
    std::string socket = "/run/grantlink/admin.sock";
    bool json = false;

    // The command that was chosen; set by parsing. Returns the exit code, throws CommandFailure.
    std::function<int(const Session&)> run;
};

// The parser, which fills `arguments` in; it must live as long.
std::unique_ptr<CLI::App> commandLine(Arguments& arguments);

} // namespace grantlink
