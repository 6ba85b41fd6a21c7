// `grantlink`: the command line of the daemon's admin API.
#include "daemon/cli/arguments.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

namespace {

int fail(grantlink::ExitCode code, std::string_view message) {
    fmt::print(stderr, "grantlink: {}\n", message);
    return static_cast<int>(code);
}

// CLI11's message, with the help to read; its own words about commands are about "subcommands".
std::string usageFault(const CLI::App& app, const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    if (!chosen.empty())
        return fmt::format("{}; “grantlink {} --help” explains it", error.what(),
                           chosen.front()->get_name());
    const auto unknown = app.remaining();
    if (unknown.empty())
        return "no command is given; “grantlink --help” lists them";
    return fmt::format("there is no {} “{}”; “grantlink --help” lists them",
                       unknown[0].starts_with('-') ? "option" : "command", unknown[0]);
}

} // namespace

int main(int argc, char** argv) {
    using namespace grantlink;
    Arguments arguments;
    const auto app = commandLine(arguments);
    try {
        app->parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) // --help or --version
            return app->exit(error);
        return fail(ExitCode::usage, usageFault(*app, error));
    }
    try {
        return arguments.run(
            {AdminClient(arguments.socket), arguments.json, Terminal::of(STDOUT_FILENO)});
    } catch (const CommandFailure& failure) {
        return fail(failure.code(), failure.what());
    } catch (const std::exception& error) {
        return fail(ExitCode::daemonError, error.what());
    }
}
