// Log lines: secrets go, lengths stay, and a second look finds nothing.
#include "ngx_module/log_redaction.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

const SecretPaths paths{{"/approve/", "/a/"}, {"/callback/"}};
constexpr std::string_view token = "SECRETtokenOfALinkSECRETtoken-_0";
constexpr std::string_view state =
    "SECRETstateSECRETstateSECRETstateSECRETstateSECRETstateSECRETstateSECRET";
constexpr std::string_view code = "SECRETcode/0a%2F+";

std::string redacted(const std::string& line) {
    std::string out = line;
    const bool any = redactText(out, paths);
    for (std::size_t i = 0; i < line.size(); ++i)
        require(out[i] == line[i] || out[i] == '*', "a byte stays or becomes *");
    require(any || out == line, "it says when it changed something");
    std::string again = out;
    redactText(again, paths);
    require(again == out, "a second time changes nothing");
    return out;
}

// Whatever stands before and behind, the secret is gone from the place where it stood.
void loses(std::string_view before, std::string_view known, std::string_view secret,
           std::string_view behind) {
    const std::string head = std::string(before) + std::string(known);
    const std::string out = redacted(head + std::string(secret) + std::string(behind));
    const std::string_view left = std::string_view(out).substr(head.size(), secret.size());
    require(left == std::string(secret.size(), '*'), "a secret is overwritten");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    redacted(std::string(textOf({data, size})));
    fuzz::Input in(data, size);
    const std::string_view before = in.text(), behind = in.rest();
    const std::string stateText(state);
    loses(before, "/approve/", token, behind);
    loses(before, "/a/", token, behind);
    loses(before, "state=", state, behind);
    loses(before, "/callback/x?code=", code, behind);
    loses(before, "/callback/x?state=", state, behind);
    loses(before, "state=" + stateText + "&code=", code, behind);
    loses(before, "grantlink-0123abcd=", code, behind);
    loses(before, "__Host-grantlink-confirm-0123abcd=", stateText + ".sealed", behind);
    return 0;
}
