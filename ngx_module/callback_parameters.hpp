// The parameters of an authorization response (RFC 6749, section 4.1.2), from the query or, with
// `response_mode=form_post`, from the body. Input is hostile.
#pragma once

#include "shared/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

struct CallbackParameters {
    SecretBytes code;
    std::string state;
    std::string iss;     // RFC 9207
    std::string error;   // RFC 6749, section 4.1.2.1
    std::string problem; // ours: which page a failed callback ended on

    std::string_view codeText() const { return textOf(code); }
};

// Nothing when one of these parameters comes twice (RFC 6749, section 3.1), is longer than its
// limit, has a broken percent-encoding or carries a control character. Others are passed over.
std::optional<CallbackParameters> parseCallbackParameters(std::string_view encoded);

} // namespace grantlink
