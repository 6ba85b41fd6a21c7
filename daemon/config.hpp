// grantlink.toml: what the operator decides. docs/configuration.md describes every key.
//
// Errors: a message with file, line, what is wrong and what to do. An unknown key is an error, so
// that a misspelt one cannot be ignored silently.
// Thread-safety: a value; immutable once loaded.
#pragma once

#include "daemon/brands/brand.hpp"
#include "daemon/notify/smtp.hpp"
#include "daemon/notify/webhook.hpp"

#include <boost/system/result.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

struct ConfigError {
    std::string message;
};

enum class LogFormat { text, json };

enum class Role { viewer, operator_, tokenReader };

std::string_view nameOf(Role role);

struct RoleGrant {
    Role role;
    std::vector<std::string> users, groups;
};

struct ProviderConfig {
    std::string preset; // file name without .toml
    std::string clientId;
    std::string clientSecret;
    std::string clientKey; // a private key as JSON (RFC 7517)
    std::string issuer;    // of a preset with discovery; "": the preset's
    std::string tenant;    // what {tenant} stands for in the preset's URLs; "": as the preset says
    std::map<std::string, std::string> origins; // scheme://host[:port] → what replaces it
    std::vector<std::string> trustedOrigins;    // may be http, and on a private network
    std::optional<bool> copyMedia;              // nothing: as content.media.copy says
};

// Copies of what posts show: daemon/media/.
struct MediaConfig {
    bool copy = false;
    std::uint64_t maxFile = 50'000'000;      // bytes; what is larger is not copied
    std::uint64_t maxTotal = 10'000'000'000; // … of all copies
    std::optional<std::uint64_t> keepFree;   // bytes of the disk; see MediaFiles::requireFree()
};

// What is collected of connected accounts.
struct ContentConfig {
    bool enabled = true;
    std::chrono::seconds retention = std::chrono::days(90); // from publication
    std::size_t maxPosts = 1000;                            // of a connection
    // Between two polls of an account that posts often, and of one that hardly does.
    std::chrono::seconds fastest = std::chrono::minutes(5), slowest = std::chrono::hours(24);
    MediaConfig media = {};
};

struct Config {
    std::string publicUrl; // scheme://host[:port], without a slash at its end
    std::string approvePath = "/approve/";
    std::string callbackPath = "/callback/";
    std::string requester;
    std::string edgeStore = "/var/lib/grantlink/edge";
    std::string vault = "/var/lib/grantlink/vault";
    std::string masterKey = "/etc/grantlink/master.key";
    std::string edgeKey = "/etc/grantlink/edge.key";
    std::string providersDir = GRANTLINK_PROVIDERS_DIR; // where install puts the presets
    std::string edgeGroup = "www-data";
    std::string caFile; // PEM: who is trusted besides the system's authorities; empty: nobody
    std::string logLevel = "info";
    LogFormat logFormat = LogFormat::text;
    std::chrono::seconds linkLifetime = std::chrono::days(14);
    std::chrono::seconds linkWarning = std::chrono::hours(24); // before a link's end
    std::chrono::seconds attemptLifetime = std::chrono::minutes(30);
    std::chrono::seconds auditRetention = std::chrono::days(400);
    std::string adminSocket = "/run/grantlink/admin.sock";
    std::string consoleSocket; // for nginx, which says who acts; empty: there is no console
    std::vector<RoleGrant> grants;
    std::optional<SmtpConfig> mail; // nothing: no mail is sent
    std::map<std::string, WebhookConfig> webhooks;
    std::map<std::string, ProviderConfig> providers;
    ContentConfig content;
    Brands brands;
    std::string brand; // id of the one for requests that name none; empty: none

    bool overHttps() const { return publicUrl.starts_with("https://"); }

    std::string approveUrl() const { return publicUrl + approvePath; }

    std::string attemptsUrl() const { return approveUrl() + "attempts/"; }

    std::string redirectUri(const std::string& provider) const {
        return publicUrl + callbackPath + provider;
    }

    // Whether somebody has asked for copies of what this provider's posts show.
    bool copiesMedia(const std::string& provider) const {
        const auto found = providers.find(provider);
        return content.enabled && found != providers.end() &&
               found->second.copyMedia.value_or(content.media.copy);
    }

    std::string wakeSocket() const { return edgeStore + "/wake.sock"; }

    std::string startSocket() const { return edgeStore + "/start.sock"; }
};

boost::system::result<Config, ConfigError> loadConfig(const std::string& path);

// "14d", "90m", "30s", "12h"; nothing for another spelling, zero, or more than ten years.
std::optional<std::chrono::seconds> parseDuration(std::string_view text);

} // namespace grantlink
