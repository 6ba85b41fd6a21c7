#include "daemon/admin/pictures.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/brands/logo.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t maxPicture = std::size_t{256} * 1024; // bytes
constexpr std::size_t maxKept = 64;
constexpr TimeMs hour = 3600 * 1000;

ServerResponse answer(const std::string& bytes) {
    if (bytes.empty())
        throw notFound("the account's picture cannot be had now");
    const std::string_view kind = imageExtension(bytes);
    return {200,
            {{"Content-Type", "image/" + std::string(kind == "jpg" ? "jpeg" : kind)},
             {"X-Content-Type-Options", "nosniff"},
             {"Cache-Control", "private, max-age=3600"}},
            bytes};
}

} // namespace

boost::asio::awaitable<ServerResponse> Pictures::show(Uuid id) {
    const auto connection = vault_.connection(id);
    if (!connection)
        throw noSuchConnection(id);
    const SettingsPtr settings = settings_.get();
    const Provider* provider = settings->provider(connection->provider);
    if (!provider || !connection->approved || connection->approved->picture.empty())
        throw notFound("the provider has not said of a picture");
    const std::string url = provider->withOrigins(connection->approved->picture);
    const auto known = kept_.find(url);
    if (known != kept_.end() && known->second.until > nowMs())
        co_return answer(known->second.bytes);
    const std::string bytes = co_await fetch(url, provider->reachOf(url));
    keep(url, bytes);
    co_return answer(bytes);
}

boost::asio::awaitable<std::string> Pictures::fetch(std::string url, Reach reach) {
    HttpRequest request;
    request.reach = reach;
    request.url = std::move(url);
    request.maxBody = maxPicture;
    request.timeout = std::chrono::seconds(8);
    const HttpResult result = co_await http_.fetch(std::move(request));
    if (!result)
        spdlog::debug("a picture: {}", result.error().message);
    if (!result || result->status != 200 || imageExtension(result->body).empty())
        co_return std::string();
    co_return result->body;
}

void Pictures::keep(const std::string& url, const std::string& bytes) {
    const auto older = [](const auto& a, const auto& b) { return a.second.until < b.second.until; };
    if (kept_.size() >= maxKept)
        kept_.erase(std::min_element(kept_.begin(), kept_.end(), older));
    kept_[url] = {bytes, nowMs() + (bytes.empty() ? hour / 12 : hour)};
}

} // namespace grantlink
