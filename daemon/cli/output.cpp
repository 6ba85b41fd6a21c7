#include "daemon/cli/output.hpp"

#include "daemon/cli/failure.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

namespace grantlink {

void print(std::string_view text) {
    fmt::print(stdout, "{}{}", text, text.ends_with('\n') ? "" : "\n");
    std::fflush(stdout); // before a note on standard error that belongs after it
}

void advise(std::string_view text) {
    if (isatty(STDERR_FILENO))
        fmt::print(stderr, "{}\n", text);
}

void confirm(std::string_view warning, std::string_view question) {
    if (!isatty(STDIN_FILENO))
        throw CommandFailure(ExitCode::refused,
                             fmt::format("{}; nobody is at a terminal to confirm it; add --yes if "
                                         "that is what you want",
                                         warning));
    fmt::print(stderr, "{}.\n{} [y/N] ", warning, question);
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes")
        throw CommandFailure(ExitCode::refused, "nothing was changed");
}

} // namespace grantlink
