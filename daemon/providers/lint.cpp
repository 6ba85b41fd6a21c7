#include "daemon/providers/lint.hpp"

namespace grantlink {

std::vector<std::string> doubtsAbout(const Preset& preset) {
    std::vector<std::string> out;
    const bool publicClient = preset.token.request.clientAuth == ClientAuth::none;
    if (publicClient && preset.authorize.pkce == Pkce::unsupported)
        out.push_back("authorize.pkce: without PKCE and without a client secret, whoever gets hold "
                      "of a code has the token (RFC 9700, section 2.1.1)");
    if (!preset.docs.starts_with("https://"))
        out.push_back("docs: is missing; say where the provider documents what is written here");
    if (preset.authorize.issExpected && preset.authorize.issuer.ends_with('/'))
        out.push_back("authorize.issuer: ends with a slash; it is compared character by character");
    if (!preset.switchAccount && !preset.discovery)
        out.push_back("switch_account: is missing; who approves with the wrong account is not told "
                      "how to get to the right one");
    for (const RequestTemplate* request : requestsOf(preset)) {
        if (request->url.starts_with("http://"))
            out.push_back(request->table + ".url: is not https; an installation has to allow it");
        if (preset.dpop && request->tokenIn == TokenIn::query)
            out.push_back(request->table + ".token_in: a token that is bound to a key is taken in "
                                           "the header only (RFC 9449, section 7.1)");
        if (request->table == "identity" && request->tokenIn == TokenIn::query)
            out.push_back("identity.token_in: a token in a URL gets into logs there (RFC 6750, "
                          "section 5.3); prefer the header where the provider takes it");
    }
    return out;
}

} // namespace grantlink
