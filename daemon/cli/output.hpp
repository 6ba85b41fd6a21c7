// Writing to standard output and standard error.
#pragma once

#include <string_view>

namespace grantlink {

// As it is, to standard output; a newline is added when there is none at the end.
void print(std::string_view text);

// A note for a person, to standard error, when one is looking.
void advise(std::string_view text);

// A question to answer with y or n. Throws CommandFailure (Refused) when the answer is not yes, or
// nobody is at a terminal to give one.
void confirm(std::string_view warning, std::string_view question);

} // namespace grantlink
