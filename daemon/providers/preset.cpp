#include "daemon/providers/preset.hpp"

namespace grantlink {

PushStep standardPush(const Preset& preset) {
    PushStep out;
    out.request.table = "par";
    out.request.method = "POST";
    out.request.headers = {{"Accept", "application/json"}};
    out.request.clientAuth = preset.token.request.clientAuth;
    out.request.error = preset.token.request.error;
    return out;
}

std::vector<const RequestTemplate*> requestsOf(const Preset& preset) {
    std::vector<const RequestTemplate*> out;
    if (preset.push)
        out.push_back(&preset.push->request);
    out.push_back(&preset.token.request);
    if (preset.upgrade)
        out.push_back(&preset.upgrade->request);
    if (preset.identity.from == IdentityFrom::request)
        out.push_back(&preset.identity.request);
    if (preset.refresh)
        out.push_back(&preset.refresh->request);
    if (preset.feed)
        out.push_back(&preset.feed->request);
    if (preset.revoke)
        out.push_back(&preset.revoke->request);
    return out;
}

} // namespace grantlink
