#include "daemon/oauth/pushed_request.hpp"

#include "daemon/net/url.hpp"
#include "daemon/oauth/ask.hpp"
#include "daemon/oauth/request.hpp"
#include "daemon/providers/answer.hpp"
#include "shared/start_message.hpp"

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t maxRequestUri = 2048; // bytes; RFC 9126, section 2.2, has examples of 60
constexpr auto patience = 8s;               // a browser waits; the edge does so for 10 s

// The push's own words come before those of [authorize], which stand for both.
RequestTemplate templateOf(const Preset& preset) {
    RequestTemplate out = preset.push.value().request;
    out.rename.insert(preset.authorize.rename.begin(), preset.authorize.rename.end());
    out.parameters.insert(preset.authorize.parameters.begin(), preset.authorize.parameters.end());
    return out;
}

// By their standard names; compose() calls them as the provider does.
Headers parametersOf(const Provider& provider, const RequestTemplate& request,
                     const AttemptParameters& attempt) {
    Headers out = provider.authorizationParameters();
    // Where the body authenticates the client, its id comes with that, and once is enough (RFC
    // 6749, section 3.1).
    if (request.clientAuth && request.clientAuth != ClientAuth::clientSecretBasic)
        std::erase_if(out, [](const auto& field) { return field.first == "client_id"; });
    out.emplace_back("state", attempt.state);
    if (!attempt.codeChallenge.empty()) {
        out.emplace_back("code_challenge", attempt.codeChallenge);
        out.emplace_back("code_challenge_method", "S256");
    }
    if (!attempt.nonce.empty())
        out.emplace_back("nonce", attempt.nonce);
    return out;
}

bool isRequestUri(const std::string& text) {
    return !text.empty() && text.size() <= maxRequestUri &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

StepResult<std::string> urlWith(const Provider& provider, const std::string& requestUri) {
    if (!isRequestUri(requestUri))
        return StepFailure{"the par endpoint answered without a request_uri that can be used"};
    std::string url = provider.authorizeUrl() + formEncode({{"request_uri", requestUri}});
    if (url.size() > StartReply::maxUrl)
        return StepFailure{"the par endpoint answered with a request_uri that is too long"};
    return {boost::system::in_place_value, std::move(url)};
}

} // namespace

boost::asio::awaitable<StepResult<std::string>> pushRequest(DpopClient& client,
                                                            const Provider& provider,
                                                            AttemptParameters attempt,
                                                            SecretBytes dpopKey) {
    const RequestTemplate preset = templateOf(provider.preset());
    HttpRequest request =
        compose(provider, preset, provider.values(), parametersOf(provider, preset, attempt));
    // A server that wants a nonce in proofs is asked twice.
    request.timeout = dpopKey.empty() ? patience : patience / 2;
    const auto answer = co_await ask(client, provider, preset, std::move(request),
                                     std::move(dpopKey), Repeatable::no);
    if (!answer)
        co_return answer.error();
    co_return urlWith(provider, findText(answer->json, {"/request_uri"}));
}

} // namespace grantlink
