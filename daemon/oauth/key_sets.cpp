#include "daemon/oauth/key_sets.hpp"

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto lifetime = 1h;
constexpr auto pause = 10s; // between two looks for a key that was not there

std::vector<Json> keysNamed(const std::vector<Json>& keys, const std::string& id) {
    std::vector<Json> out;
    for (const Json& key : keys)
        if (id.empty() || key["kid"].str() == id)
            out.push_back(key);
    return out;
}

} // namespace

boost::asio::awaitable<StepResult<std::vector<Json>>> KeySets::find(std::string url, Reach reach,
                                                                    std::string keyId) {
    const auto known = entries_.find(url);
    if (known != entries_.end()) {
        const auto age = std::chrono::steady_clock::now() - known->second.fetched;
        auto found = keysNamed(known->second.keys, keyId);
        if (age < pause || (age < lifetime && !found.empty()))
            co_return found;
    }
    const StepResult<Entry> fetched = co_await fetch(url, reach);
    if (!fetched)
        co_return fetched.error();
    entries_[url] = *fetched;
    co_return keysNamed(fetched->keys, keyId);
}

boost::asio::awaitable<StepResult<KeySets::Entry>> KeySets::fetch(std::string url, Reach reach) {
    HttpRequest request;
    request.url = std::move(url);
    request.reach = reach;
    request.headers = {{"Accept", "application/json"}};
    const HttpResult result = co_await http_.fetch(std::move(request));
    if (!result)
        co_return failureOf(result.error(), Repeatable::yes);
    if (result->status != 200)
        co_return failureOf(*result, "", {}, Repeatable::yes);
    const Json keys = Json::parse(result->body)["keys"];
    if (!keys.isArray())
        co_return StepFailure{"its signing keys are no key set", false, {}};
    Entry out;
    out.fetched = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < keys.size(); ++i)
        out.keys.push_back(keys.at(i));
    co_return out;
}

} // namespace grantlink
