// Changing the text of a key file, line by line: what people wrote into it stays.
#pragma once

#include "shared/keys.hpp"

#include <string_view>

namespace grantlink {

// With lines in front of the first of the word ("key" or "seal"), which is the one in use, or at
// the end, where keys are only accepted.
enum class Place { front, end };
SecretBytes withKeyLines(std::string_view text, std::string_view word, std::string_view lines,
                         Place place);

// Without the line of one key, and the comment that says when it was made.
SecretBytes withoutKey(std::string_view text, std::string_view word, KeyId id);

// The line of one key, with that comment; empty when there is none.
SecretBytes keyLinesOf(std::string_view text, std::string_view word, KeyId id);

} // namespace grantlink
