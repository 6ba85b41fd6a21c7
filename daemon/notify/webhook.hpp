// Events for programs: a POST to each webhook of the configuration, signed as the Standard Webhooks
// specification says (standardwebhooks.com, version 1.0.0).
//
// One post() is one try; when to try again is the outbox's business. Each try is bounded: 15 s, and
// an answer of at most 64 KiB, of which only the status counts. No redirect is followed. A webhook
// goes to https and to public addresses, unless its origin is trusted.
//
// Errors: post() never throws for what the network or the receiver did.
// Thread: the loop's.
#pragma once

#include "daemon/net/http_client.hpp"
#include "daemon/vault/connection.hpp"
#include "daemon/vault/stored_post.hpp"
#include "shared/secret.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

struct WebhookConfig {
    std::string url;                         // may hold a secret: never logged as a whole
    std::vector<SecretBytes> secrets;        // at least one; each makes a signature of its own
    std::vector<std::string> events;         // those that are sent; none: all
    std::vector<std::string> trustedOrigins; // may be http, and on a private network

    bool wants(std::string_view event) const;
    Reach reach() const;
};

// The event's type, such as "connection.active".
std::string_view eventOf(Notice about);

// Every type there is, for messages: "connection.active, …".
std::string knownEvents();
bool isEvent(std::string_view type);

// "whsec_" and the base64 of 24 to 64 bytes; nothing for any other text.
std::optional<SecretBytes> parseWebhookSecret(std::string_view text);

// The value of webhook-signature: "v1,…" once for each secret. `seconds`: since 1970.
std::string webhookSignature(const std::vector<SecretBytes>& secrets, std::string_view id,
                             std::int64_t seconds, std::string_view body);

// What is sent of a notification. `connection`: as it is now, if it is known; `link`: one with
// which it can be approved, if it waits for that; `posts`: those that it tells of.
Json webhookBody(const Notification& notification, const std::optional<Connection>& connection,
                 const std::string& link, const std::vector<StoredPost>& posts = {});

struct WebhookResult {
    enum class Kind {
        delivered,        // 2xx
        temporaryFailure, // worth another try
        permanentFailure, // 410: the receiver wants no more of it
    };

    Kind kind;
    std::string message;                // safe to log: neither the URL's path nor an answer's text
    std::chrono::seconds retryAfter{0}; // what the receiver asks for, at most an hour
};

boost::asio::awaitable<WebhookResult> postWebhook(HttpClient& http, WebhookConfig webhook,
                                                  std::string id, std::string body);

} // namespace grantlink
