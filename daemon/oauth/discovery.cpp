#include "daemon/oauth/discovery.hpp"

#include "daemon/net/stop_signal.hpp"
#include "daemon/text/origin.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <exception>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto lifetime = 24h;
constexpr auto afterFailure = 10s;
constexpr auto patience = 5s;

// What a preset's URL may be, but for placeholders: it is put where a preset has its own.
void dropUnsafe(std::string& endpoint, Reach reach, const std::string& issuer) {
    const bool scheme = endpoint.starts_with("https://") ||
                        (reach == Reach::anywhere && endpoint.starts_with("http://"));
    const bool plain = std::all_of(endpoint.begin(), endpoint.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && !std::strchr("#\"<>\\{}", c);
    });
    if (endpoint.empty() || (scheme && plain))
        return;
    spdlog::error("the metadata of {} has an endpoint that is no https URL; it is not used",
                  issuer);
    endpoint.clear();
}

void dropUnsafe(ProviderMetadata& metadata, Reach reach, const std::string& issuer) {
    for (std::string* endpoint :
         {&metadata.authorizationEndpoint, &metadata.tokenEndpoint, &metadata.userinfoEndpoint,
          &metadata.revocationEndpoint, &metadata.jwksUri, &metadata.pushEndpoint})
        dropUnsafe(*endpoint, reach, issuer);
}

// Where an issuer's metadata may be: OpenID Connect Discovery, section 4, appends to its URL; RFC
// 8414, section 3, inserts.
std::vector<std::string> metadataUrls(const std::string& issuer) {
    const std::string base = issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer;
    const std::string origin(originOf(base));
    return {base + "/.well-known/openid-configuration",
            origin + "/.well-known/oauth-authorization-server" + base.substr(origin.size())};
}

// What went wrong with one of them is no reason to forget what was found of the others.
void report(const std::exception_ptr& error) {
    try {
        if (error)
            std::rethrow_exception(error);
    } catch (const std::exception& fault) {
        spdlog::error("discovery: {}", fault.what());
    }
}

} // namespace

struct Discovery::Looks {
    std::size_t running = 0;
    bool changed = false;
    StopSignal done;
};

boost::asio::awaitable<bool> Discovery::refresh(const Providers& providers) {
    const auto looks = std::make_shared<Looks>();
    const auto executor = co_await boost::asio::this_coro::executor;
    for (const auto& [id, provider] : providers) {
        const std::string issuer = provider.preset().authorize.issuer;
        const Reach reach = provider.reachOf(issuer);
        if (!provider.preset().discovery || !isDue(issuer, reach))
            continue;
        next_[{issuer, reach}] = Clock::now() + afterFailure;
        ++looks->running;
        boost::asio::co_spawn(executor, fetch(issuer, reach),
                              [looks](const std::exception_ptr& error, bool changed) {
                                  looks->changed = looks->changed || (!error && changed);
                                  report(error);
                                  if (--looks->running == 0)
                                      looks->done.stop();
                              });
    }
    while (looks->running > 0)
        co_await looks->done.sleep(1min);
    if (looks->changed)
        doubt(providers);
    co_return looks->changed;
}

bool Discovery::isDue(const std::string& issuer, Reach reach) const {
    const auto due = next_.find({issuer, reach});
    return due == next_.end() || Clock::now() >= due->second;
}

// What the preset says is done: the provider may merely say too little of itself.
void Discovery::doubt(const Providers& providers) const {
    for (const auto& [id, provider] : providers) {
        const Preset& preset = provider.preset();
        const auto metadata = known_.find(preset.authorize.issuer);
        if (!preset.discovery || metadata == known_.end())
            continue;
        if (preset.dpop && !metadata->second.takesDpop())
            spdlog::warn("{}: its preset binds tokens to a key, but the provider's metadata does "
                         "not say that it takes proofs by ES256 "
                         "(dpop_signing_alg_values_supported)",
                         id);
        if (preset.authorize.pkce == Pkce::required && !metadata->second.takesPkce())
            spdlog::warn("{}: its preset has PKCE by S256, but the provider's metadata does not "
                         "say that it looks at it (code_challenge_methods_supported)",
                         id);
    }
}

boost::asio::awaitable<bool> Discovery::fetch(std::string issuer, Reach reach) {
    StepFailure failure;
    for (const std::string& url : metadataUrls(issuer)) {
        const auto answer = co_await document(url, reach, issuer);
        ProviderMetadata found = answer ? ProviderMetadata::from(*answer) : ProviderMetadata();
        dropUnsafe(found, reach, issuer);
        if (found.authorizationEndpoint.empty() || found.tokenEndpoint.empty()) {
            failure = answer ? StepFailure{"it does not name the endpoints"} : answer.error();
            continue;
        }
        next_[{issuer, reach}] = Clock::now() + lifetime;
        const auto before = known_.find(issuer);
        if (before != known_.end() && before->second == found)
            co_return false;
        known_[issuer] = found;
        spdlog::info("the endpoints of {} are known", issuer);
        co_return true;
    }
    auto& next = next_[{issuer, reach}];
    next = std::max(next, Clock::now() + failure.retryAfter);
    if (known_.contains(issuer))
        spdlog::warn("the metadata of {} cannot be had ({}); what is known of it stays", issuer,
                     failure.message);
    else
        spdlog::error("the metadata of {} cannot be had ({}); its links do not work before that",
                      issuer, failure.message);
    co_return false;
}

boost::asio::awaitable<StepResult<Json>> Discovery::document(std::string url, Reach reach,
                                                             const std::string& issuer) {
    HttpRequest request;
    request.url = std::move(url);
    request.reach = reach;
    request.timeout = patience;
    request.headers = {{"Accept", "application/json"}};
    const HttpResult result = co_await http_.fetch(std::move(request));
    if (!result)
        co_return failureOf(result.error(), Repeatable::yes);
    if (result->status != 200)
        co_return failureOf(*result, "", {}, Repeatable::yes);
    const Json answer = Json::parse(result->body);
    if (!answer.isObject())
        co_return StepFailure{"it is no JSON object"};
    if (answer["issuer"].str() != issuer) { // RFC 8414, section 3.3
        spdlog::error("the metadata of {} is another issuer's, and is not used", issuer);
        co_return StepFailure{"it is another issuer's"};
    }
    co_return StepResult<Json>(answer);
}

} // namespace grantlink
