#include "daemon/providers/preset.hpp"

namespace grantlink {

std::vector<const RequestTemplate*> requestsOf(const Preset& preset) {
    std::vector<const RequestTemplate*> out{&preset.token.request};
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
