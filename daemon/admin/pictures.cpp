#include "daemon/admin/pictures.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/brands/logo.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t maxOfAccount = std::size_t{256} * 1024; // bytes
constexpr std::size_t maxOfPost = std::size_t{4} * 1024 * 1024;
constexpr std::size_t maxKept = std::size_t{32} * 1024 * 1024;
constexpr std::size_t recordSize = 512; // of one that could not be had
constexpr TimeMs hour = 3600 * 1000;

ServerResponse answer(const std::string& bytes) {
    if (bytes.empty())
        throw notFound("the picture cannot be had now");
    const std::string_view kind = imageExtension(bytes);
    return {200,
            {{"Content-Type", "image/" + std::string(kind == "jpg" ? "jpeg" : kind)},
             {"X-Content-Type-Options", "nosniff"},
             {"Cache-Control", "private, max-age=3600"}},
            bytes};
}

std::optional<std::string> postIn(const std::vector<std::pair<std::string, std::string>>& query) {
    std::optional<std::string> out;
    for (const auto& [name, value] : query) {
        if (name != "post")
            throw noSuchParameter(name, "post");
        out = value;
    }
    return out;
}

} // namespace

boost::asio::awaitable<ServerResponse>
Pictures::show(Uuid id, std::vector<std::pair<std::string, std::string>> query) {
    Source source = sourceOf(id, postIn(query));
    const std::string url = source.url;
    const auto known = kept_.find(url);
    if (known != kept_.end() && known->second.until > nowMs())
        co_return answer(known->second.bytes);
    const std::string bytes = co_await fetch(std::move(source));
    keep(url, bytes);
    co_return answer(bytes);
}

Pictures::Source Pictures::sourceOf(const Uuid& id, const std::optional<std::string>& post) const {
    std::optional<Connection> connection;
    std::optional<StoredPost> found;
    vault_.read([&](const VaultReader& vault) {
        connection = vault.connection(id);
        if (post)
            found = vault.post(id, *post);
    });
    if (!connection)
        throw noSuchConnection(id);
    const SettingsPtr settings = settings_.get();
    const Provider* provider = settings->provider(connection->provider);
    const std::string said = post                   ? found.value_or(StoredPost{}).media
                             : connection->approved ? connection->approved->picture
                                                    : "";
    if (!provider || said.empty())
        throw notFound("the provider has not said of a picture");
    const std::string url = provider->withOrigins(said);
    return {url, provider->reachOf(url), post ? maxOfPost : maxOfAccount};
}

boost::asio::awaitable<std::string> Pictures::fetch(Source source) {
    HttpRequest request;
    request.reach = source.reach;
    request.url = std::move(source.url);
    request.maxBody = source.most;
    request.timeout = std::chrono::seconds(8);
    const HttpResult result = co_await http_.fetch(std::move(request));
    if (!result)
        spdlog::debug("a picture: {}", result.error().message);
    if (!result || result->status != 200 || imageExtension(result->body).empty())
        co_return std::string();
    co_return result->body;
}

// Those that would go first make room.
void Pictures::keep(const std::string& url, const std::string& bytes) {
    const auto older = [](const auto& a, const auto& b) { return a.second.until < b.second.until; };
    const auto drop = [this](auto place) {
        size_ -= place->second.bytes.size() + recordSize;
        kept_.erase(place);
    };
    if (const auto before = kept_.find(url); before != kept_.end())
        drop(before);
    const std::size_t size = bytes.size() + recordSize;
    while (!kept_.empty() && size_ + size > maxKept)
        drop(std::min_element(kept_.begin(), kept_.end(), older));
    kept_[url] = {bytes, nowMs() + (bytes.empty() ? hour / 12 : hour)};
    size_ += size;
}

} // namespace grantlink
