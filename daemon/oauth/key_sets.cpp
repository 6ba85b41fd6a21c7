#include "daemon/oauth/key_sets.hpp"

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto lifetime = 1h;
constexpr auto pause = 10s; // between two looks for a key that was not there

// What a signature may cost us: keys are tried one after the other, on the loop.
constexpr std::size_t maxKeys = 64;
constexpr std::size_t minModulus = 2048 / 8, maxModulus = 8192 / 8; // bytes; RFC 7518, section 3.3
constexpr std::size_t maxExponent = 4; // bytes; 65537 everywhere has three

std::size_t bytesIn(const Json& base64url) {
    return base64url.str().size() * 3 / 4;
}

bool isUsable(const Json& key) {
    if (key["kty"].str() != "RSA")
        return key["kty"].str() == "EC";
    const std::size_t modulus = bytesIn(key["n"]), exponent = bytesIn(key["e"]);
    return modulus >= minModulus && modulus <= maxModulus && exponent > 0 &&
           exponent <= maxExponent;
}

std::vector<Json> keysNamed(const std::vector<Json>& keys, const std::string& id) {
    std::vector<Json> out;
    for (const Json& key : keys)
        if (id.empty() || key["kid"].str() == id)
            out.push_back(key);
    return out;
}

} // namespace

boost::asio::awaitable<StepResult<std::vector<Json>>>
KeySets::find(DpopClient& client, std::string url, Reach reach, std::string keyId, Look look) {
    const auto known = entries_.find(url);
    if (known != entries_.end()) {
        const auto age = std::chrono::steady_clock::now() - known->second.fetched;
        auto found = keysNamed(known->second.keys, keyId);
        if (age < pause || (age < lifetime && !found.empty() && look == Look::known))
            co_return found;
    }
    const StepResult<Entry> fetched = co_await fetch(client, url, reach);
    if (!fetched)
        co_return fetched.error();
    entries_[url] = *fetched;
    co_return keysNamed(fetched->keys, keyId);
}

boost::asio::awaitable<StepResult<KeySets::Entry>> KeySets::fetch(DpopClient& client,
                                                                  std::string url, Reach reach) {
    HttpRequest request;
    request.label = "jwks";
    request.url = std::move(url);
    request.reach = reach;
    request.headers = {{"Accept", "application/json"}};
    const HttpResult result = co_await client.send(std::move(request), {});
    if (!result)
        co_return failureOf(result.error(), Repeatable::yes);
    if (result->status != 200)
        co_return failureOf(*result, "", {}, Repeatable::yes);
    const Json keys = Json::parse(result->body)["keys"];
    if (!keys.isArray())
        co_return StepFailure{"its signing keys are no key set", false, {}};
    Entry out;
    out.fetched = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < keys.size() && out.keys.size() < maxKeys; ++i)
        if (isUsable(keys.at(i)))
            out.keys.push_back(keys.at(i));
    co_return out;
}

} // namespace grantlink
