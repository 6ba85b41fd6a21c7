#include "daemon/notify/webhook.hpp"

#include "daemon/text/origin.hpp"
#include "daemon/text/rfc3339.hpp"
#include "shared/name_table.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace grantlink {

namespace {

using Kind = WebhookResult::Kind;

constexpr std::string_view secretPrefix = "whsec_";
constexpr std::size_t minSecret = 24, maxSecret = 64; // bytes
constexpr std::size_t maxAnswer = 64 * 1024;
constexpr std::chrono::seconds longestPause = std::chrono::hours(1);

constexpr NameTable<Notice, 7> eventNames{{
    {Notice::connected, "connection.active"},
    {Notice::wrongAccount, "connection.wrong_account"},
    {Notice::declined, "connection.declined"},
    {Notice::broken, "connection.broken"},
    {Notice::removed, "connection.removed"},
    {Notice::expiring, "connection.expiring"},
    {Notice::published, "post.created"},
}};

std::string base64(Bytes bytes) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string out(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant);
    out.pop_back(); // the terminator
    return out;
}

// A number of seconds; the HTTP-date form (RFC 9110, section 10.2.3) is left to our own backoff.
std::chrono::seconds retryAfterOf(const HttpResponse& response) {
    const std::string_view text = response.header("retry-after");
    long out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return std::clamp(std::chrono::seconds(out), std::chrono::seconds(0), longestPause);
}

void setUnlessEmpty(Json& out, std::string_view key, const std::string& text) {
    if (!text.empty())
        out.set(key, text);
}

Json told(const std::vector<StoredPost>& posts) {
    Json out = Json::array();
    for (const StoredPost& post : posts) {
        Json one = Json::object().set("id", post.id);
        setUnlessEmpty(one, "text", post.text);
        setUnlessEmpty(one, "url", post.link);
        setUnlessEmpty(one, "media_url", post.media);
        if (post.timeIsKnown)
            one.set("published_at", rfc3339(post.time));
        out.push(one.set("seen_at", rfc3339(post.seen)));
    }
    return out;
}

} // namespace

std::string_view eventOf(Notice about) {
    return nameIn(eventNames, about);
}

bool isEvent(std::string_view type) {
    return valueIn(eventNames, type).has_value();
}

std::string knownEvents() {
    std::string out;
    for (const auto& [about, name] : eventNames)
        out.append(out.empty() ? "" : ", ").append(name);
    return out;
}

bool WebhookConfig::wants(std::string_view event) const {
    return events.empty() || std::find(events.begin(), events.end(), event) != events.end();
}

Reach WebhookConfig::reach() const {
    const bool trusted = std::find(trustedOrigins.begin(), trustedOrigins.end(), originOf(url)) !=
                         trustedOrigins.end();
    return trusted ? Reach::anywhere : Reach::publicHttps;
}

std::optional<SecretBytes> parseWebhookSecret(std::string_view text) {
    if (!text.starts_with(secretPrefix))
        return std::nullopt;
    text.remove_prefix(secretPrefix.size());
    SecretBytes out(maxSecret);
    std::size_t size = 0;
    const char* end = nullptr;
    // Both with the padding and without it: generators differ.
    const int variant = text.ends_with('=') ? sodium_base64_VARIANT_ORIGINAL
                                            : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, &end,
                          variant) != 0 ||
        end != text.data() + text.size() || size < minSecret)
        return std::nullopt;
    out.resize(size);
    return out;
}

std::string webhookSignature(const std::vector<SecretBytes>& secrets, std::string_view id,
                             std::int64_t seconds, std::string_view body) {
    const std::string head = fmt::format("{}.{}.", id, seconds);
    std::string out;
    for (const SecretBytes& secret : secrets) {
        crypto_auth_hmacsha256_state state;
        std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> mac;
        crypto_auth_hmacsha256_init(&state, secret.data(), secret.size());
        for (const std::string_view part : {std::string_view(head), body})
            crypto_auth_hmacsha256_update(&state, bytesOf(part).data(), part.size());
        crypto_auth_hmacsha256_final(&state, mac.data());
        sodium_memzero(&state, sizeof state);
        out.append(out.empty() ? "v1," : " v1,").append(base64(mac));
    }
    return out;
}

Json webhookBody(const Notification& n, const std::optional<Connection>& connection,
                 const std::string& link, const std::vector<StoredPost>& posts) {
    Json data = Json::object();
    data.set("connection", n.connection.text());
    data.set("provider", connection ? connection->provider : "");
    data.set("provider_name", n.provider);
    setUnlessEmpty(data, "account", n.account);
    if (!n.approved.empty() || !n.approvedId.empty())
        data.set("approved_account",
                 Json::object().set("id", n.approvedId).set("handle", n.approved));
    data.set("requester", n.requester);
    setUnlessEmpty(data, "reason", n.reason);
    if (!link.empty())
        data.set("link", link).set("link_expires_at", rfc3339(connection->linkExpires));
    if (n.about == Notice::published)
        data.set("posts", told(posts)).set("count", n.postCount).set("first", n.firstPosts);
    return Json::object()
        .set("type", eventOf(n.about))
        .set("timestamp", rfc3339(n.when))
        .set("data", data);
}

boost::asio::awaitable<WebhookResult> postWebhook(HttpClient& http, WebhookConfig webhook,
                                                  std::string id, std::string body) {
    const auto seconds = static_cast<std::int64_t>(nowMs() / 1000);
    HttpRequest request;
    request.reach = webhook.reach();
    request.method = "POST";
    request.url = webhook.url;
    request.headers = {{"Content-Type", "application/json"},
                       {"webhook-id", id},
                       {"webhook-timestamp", std::to_string(seconds)},
                       {"webhook-signature", webhookSignature(webhook.secrets, id, seconds, body)}};
    request.body = std::move(body);
    request.maxBody = maxAnswer;
    const HttpResult result = co_await http.fetch(std::move(request));
    if (!result)
        co_return WebhookResult{Kind::temporaryFailure, result.error().message};
    const int status = result->status;
    const std::string message =
        fmt::format("{} answered {}", originOf(webhook.url), result->status);
    if (status >= 200 && status < 300)
        co_return WebhookResult{Kind::delivered, message};
    co_return WebhookResult{status == 410 ? Kind::permanentFailure : Kind::temporaryFailure,
                            message, retryAfterOf(*result)};
}

} // namespace grantlink
