#include "daemon/providers/preset.hpp"

namespace grantlink {

std::vector<NamedRequest> requestsOf(const Preset& preset) {
    std::vector<NamedRequest> out{{"token", &preset.token.request}};
    if (preset.upgrade)
        out.push_back({"upgrade", &preset.upgrade->request});
    if (preset.identity.from == IdentityFrom::request)
        out.push_back({"identity", &preset.identity.request});
    if (preset.refresh)
        out.push_back({"refresh", &preset.refresh->request});
    if (preset.feed)
        out.push_back({"feed", &preset.feed->request});
    if (preset.revoke)
        out.push_back({"revoke", &preset.revoke->request});
    return out;
}

} // namespace grantlink
