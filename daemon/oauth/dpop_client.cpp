#include "daemon/oauth/dpop_client.hpp"

#include "daemon/json/json.hpp"
#include "daemon/oauth/dpop_proof.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/origin.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t maxNonceLength = 1024;
constexpr std::size_t maxOrigins = 256;

bool isNonce(std::string_view text) {
    return !text.empty() && text.size() <= maxNonceLength &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

std::string_view nonceIn(const HttpResponse& response) {
    const std::string_view nonce = response.header("dpop-nonce");
    return isNonce(nonce) ? nonce : std::string_view();
}

// One header may have several challenges (RFC 9110, section 11.6.1); names are in any case.
bool isChallenge(std::string_view header, const std::string& error) {
    const std::string text = ", " + lowerCase(header);
    const std::size_t scheme = text.find(", dpop ");
    if (scheme == std::string::npos)
        return false;
    return text.find("error=\"" + error + "\"", scheme) != std::string::npos ||
           text.find("error=" + error, scheme) != std::string::npos;
}

bool isChallenged(const HttpResponse& response, const std::string& error) {
    return response.status == 401 &&
           std::any_of(response.headers.begin(), response.headers.end(), [&](const auto& header) {
               return header.first == "www-authenticate" && isChallenge(header.second, error);
           });
}

// The access token of a header "Authorization: Bearer …", which becomes "Authorization: DPoP …".
std::string takeBearer(HttpRequest& request) {
    constexpr std::string_view bearer = "Bearer ";
    for (auto& [name, value] : request.headers) {
        if (lowerCase(name) != "authorization" || !value.starts_with(bearer))
            continue;
        std::string token = value.substr(bearer.size());
        value = "DPoP " + token;
        return token;
    }
    return "";
}

} // namespace

std::string DpopNonces::of(std::string_view url) const {
    const auto found = byOrigin_.find(originOf(url));
    return found == byOrigin_.end() ? std::string() : found->second;
}

void DpopNonces::learn(std::string_view url, const HttpResponse& response) {
    const std::string_view nonce = nonceIn(response), origin = originOf(url);
    if (nonce.empty())
        return;
    if (byOrigin_.size() >= maxOrigins && !byOrigin_.contains(origin))
        byOrigin_.clear(); // a nonce that was forgotten costs a request
    byOrigin_.insert_or_assign(std::string(origin), std::string(nonce));
}

bool wantsDpopNonce(const HttpResponse& response) {
    if (nonceIn(response).empty())
        return false;
    if (response.status == 400)
        return Json::parse(response.body)["error"].str() == "use_dpop_nonce";
    return isChallenged(response, "use_dpop_nonce");
}

bool refusesProof(const HttpResponse& response) {
    return isChallenged(response, "use_dpop_nonce") || isChallenged(response, "invalid_dpop_proof");
}

DpopClient DpopClient::until(std::chrono::steady_clock::time_point end) const {
    DpopClient out = *this;
    out.end_ = end;
    return out;
}

boost::asio::awaitable<HttpResult> DpopClient::send(HttpRequest request, SecretBytes key) {
    if (key.empty()) {
        HttpResult plain = co_await fetch(std::move(request));
        co_return plain;
    }
    HttpRequest first = request;
    HttpResult result = co_await sendOnce(std::move(first), key);
    // Also an authorization code may be sent again here, and only here: the server has refused the
    // proof, and says so, before it looked at the code (sections 8 and 8.2).
    if (result && wantsDpopNonce(*result)) {
        if (request.renew)
            request.renew(request);
        result = co_await sendOnce(std::move(request), key);
    }
    co_return result;
}

boost::asio::awaitable<HttpResult> DpopClient::sendOnce(HttpRequest request,
                                                        const SecretBytes& key) {
    const std::string url = request.url;
    const std::string token = takeBearer(request);
    request.headers.emplace_back("DPoP", dpopProof(request, key, token, nonces_.of(url)));
    HttpResult result = co_await fetch(std::move(request));
    if (result)
        nonces_.learn(url, *result);
    co_return result;
}

boost::asio::awaitable<HttpResult> DpopClient::fetch(HttpRequest request) {
    if (end_) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            *end_ - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            co_return HttpError{
                std::string(originOf(request.url)) + ": there was no time left to ask it", false};
        request.timeout = std::min(request.timeout, left);
    }
    HttpResult result = co_await http_.fetch(std::move(request));
    co_return result;
}

} // namespace grantlink
