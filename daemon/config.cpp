#include "daemon/config.hpp"

#include "daemon/notify/mail_header.hpp"
#include "daemon/notify/mail_language.hpp"
#include "daemon/oauth/jws.hpp"
#include "daemon/text/names.hpp"
#include "daemon/text/origin.hpp"
#include "daemon/toml_reader.hpp"
#include "shared/keys.hpp"
#include "shared/name_table.hpp"

#include <spdlog/spdlog.h>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace grantlink {

namespace {

bool isLocationPath(std::string_view path) {
    return path.size() >= 2 && path.starts_with('/') && path.ends_with('/') &&
           path.find_first_of("?#% \t\r\n") == std::string_view::npos &&
           path.find("//") == std::string_view::npos;
}

std::vector<std::string> readOrigins(TomlReader& in) {
    std::vector<std::string> out = in.list("trusted_origins");
    for (const std::string& origin : out)
        if (!isOrigin(origin))
            in.fail("trusted_origins",
                    "lists origins such as \"https://id.example.internal\", without a path");
    return out;
}

std::string readSecretFile(TomlReader& in, std::string_view key, const std::string& path) {
    std::ifstream file(path);
    std::string secret;
    if (!file || !std::getline(file, secret))
        in.fail(key, "the file \"" + path + "\" cannot be read or is empty");
    return secret;
}

// RFC 8414, section 2. That it is https, requests to it will want.
bool isIssuer(std::string_view url) {
    return isOrigin(originOf(url)) && url.find_first_of("?# \t") == std::string_view::npos;
}

std::string readKeyFile(TomlReader& in, std::string_view key) {
    const std::string path = in.text(key);
    std::ifstream file(path);
    std::string out{std::istreambuf_iterator<char>(file), {}};
    if (!file || !signJwt(Json::object(), Json::parse(out)))
        in.fail(key, "the file \"" + path +
                         "\" must hold a private key as JSON (RFC 7517), such as “jose jwk gen -i "
                         "'{\"alg\":\"ES256\"}'” makes");
    return out;
}

std::chrono::seconds duration(TomlReader& in, std::string_view key,
                              std::chrono::seconds otherwise) {
    if (!in.has(key))
        return otherwise;
    const auto value = parseDuration(in.text(key));
    if (!value)
        in.fail(key, "must be a number and a unit in quotes, such as \"30m\", \"12h\" or \"14d\"");
    return value.value_or(otherwise);
}

constexpr NameTable<LogFormat, 2> logFormatNames{
    {{LogFormat::text, "text"}, {LogFormat::json, "json"}}};

constexpr NameTable<Role, 3> roleNames{
    {{Role::viewer, "viewer"}, {Role::operator_, "operator"}, {Role::tokenReader, "token-reader"}}};

std::vector<RoleGrant> readGrants(TomlReader& admin) {
    std::vector<RoleGrant> out;
    for (TomlReader& in : admin.tables("grant")) {
        const auto role = valueIn(roleNames, in.text("role"));
        if (!role)
            in.fail("role", "must be \"viewer\", \"operator\" or \"token-reader\"");
        else
            out.push_back({*role, in.list("users"), in.list("groups")});
        for (const std::string& user : in.list("users"))
            if (!::getpwnam(user.c_str()))
                in.fail("users", "there is no user \"" + user + "\" on this machine");
        for (const std::string& group : in.list("groups"))
            if (!::getgrnam(group.c_str()))
                in.fail("groups", "there is no group \"" + group + "\" on this machine");
        in.finish();
    }
    return out;
}

SmtpConfig readMail(TomlReader& in) {
    static const std::map<std::string, StartTls> policies{
        {"required", StartTls::required},
        {"opportunistic", StartTls::opportunistic},
        {"never", StartTls::never}};
    SmtpConfig out;
    out.url = in.text("smtp", "smtp://127.0.0.1:25");
    if (!out.url.starts_with("smtp://") && !out.url.starts_with("smtps://"))
        in.fail("smtp", "must begin with smtp:// or smtps://");
    const auto policy = policies.find(in.text("starttls", "opportunistic"));
    if (policy == policies.end())
        in.fail("starttls", "must be \"required\", \"opportunistic\" or \"never\"");
    else
        out.startTls = policy->second;
    out.username = in.text("username");
    if (in.has("password_file"))
        out.password = readSecretFile(in, "password_file", in.text("password_file"));
    out.caFile = in.text("ca_file");
    out.from = in.text("from");
    if (const auto from = parseMailAddress(out.from); !from)
        in.fail("from", "must name the sender, such as \"Example Agency <mail@example.com>\": " +
                            from.error().message);
    out.language = in.text("language", "en");
    if (mailLanguageFor(out.language).empty())
        in.fail("language", "is none that there are mails in, such as \"de\"");
    in.finish();
    return out;
}

// One secret a line; empty lines are no secrets.
std::vector<std::string> linesOf(TomlReader& in, std::string_view key) {
    const std::string path = in.text(key);
    std::ifstream file(path);
    if (!file)
        in.fail(key, "the file \"" + path + "\" cannot be read");
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line);)
        if (!line.empty())
            out.push_back(line);
    return out;
}

std::vector<SecretBytes> readWebhookSecrets(TomlReader& in) {
    const char* const key = in.has("secret_file") ? "secret_file" : "secrets";
    std::vector<SecretBytes> out;
    for (const std::string& text : in.has("secret_file") ? linesOf(in, key) : in.list(key)) {
        if (auto secret = parseWebhookSecret(text))
            out.push_back(std::move(*secret));
        else // without the text: it is nearly a secret
            in.fail(key, "each secret is \"whsec_\" and the base64 of 24 to 64 random bytes, such "
                         "as “echo whsec_$(openssl rand -base64 32)” makes");
    }
    if (out.empty())
        in.fail(key, "at least one secret is needed, in secret_file or secrets; receivers tell by "
                     "it that a call is grantlink's");
    return out;
}

WebhookConfig readWebhook(TomlReader& in) {
    WebhookConfig out;
    out.trustedOrigins = readOrigins(in);
    out.url = in.text("url");
    if (!isOrigin(originOf(out.url)) || out.url.find_first_of("# \t\r\n") != std::string::npos)
        in.fail("url", "must be the URL that events are posted to, such as "
                       "\"https://example.com/grantlink\"");
    else if (!out.url.starts_with("https://") && out.reach() != Reach::anywhere)
        in.fail("url", "must be https; for another one name its origin in trusted_origins");
    out.secrets = readWebhookSecrets(in);
    out.events = in.list("events");
    for (const std::string& event : out.events)
        if (!isEvent(event))
            in.fail("events", "there is no event \"" + event + "\"; known are " + knownEvents());
    in.finish();
    return out;
}

MediaConfig readMedia(TomlReader& in) {
    constexpr std::int64_t megabyte = 1'000'000;
    MediaConfig out;
    out.copy = in.flag("copy", out.copy);
    out.maxFile = static_cast<std::uint64_t>(in.number("max_file_mb", 50, 1, 2000) * megabyte);
    out.maxTotal =
        static_cast<std::uint64_t>(in.number("max_total_mb", 10'000, 1, 100'000'000) * megabyte);
    if (in.has("keep_free_mb"))
        out.keepFree =
            static_cast<std::uint64_t>(in.number("keep_free_mb", 0, 0, 100'000'000) * megabyte);
    in.finish();
    return out;
}

ContentConfig readContent(TomlReader& in) {
    ContentConfig out;
    out.enabled = in.flag("enabled", out.enabled);
    out.retention = duration(in, "retention", out.retention);
    out.maxPosts = static_cast<std::size_t>(in.number("max_posts", 1000, 1, 10'000));
    out.fastest = duration(in, "fastest", out.fastest);
    out.slowest = duration(in, "slowest", out.slowest);
    if (out.slowest < out.fastest)
        in.fail("slowest", "must not be less than fastest");
    if (auto media = in.table("media"))
        out.media = readMedia(*media);
    in.finish();
    return out;
}

ProviderConfig readProvider(const std::string& name, TomlReader& in) {
    ProviderConfig out;
    out.preset = in.text("preset", name);
    out.clientId = in.text("client_id");
    if (out.clientId.empty())
        in.fail("client_id", "is missing; the provider shows it where the app is registered");
    out.clientSecret = in.text("client_secret");
    if (in.has("client_secret_file"))
        out.clientSecret = readSecretFile(in, "client_secret_file", in.text("client_secret_file"));
    if (in.has("client_key_file"))
        out.clientKey = readKeyFile(in, "client_key_file");
    out.issuer = in.text("issuer");
    if (!out.issuer.empty() && !isIssuer(out.issuer))
        in.fail("issuer", "must be the provider's issuer, such as \"https://id.example.com\", "
                          "character by character, without a query");
    out.tenant = in.text("tenant");
    out.origins = in.map("origins");
    for (const auto& [from, to] : out.origins)
        if (!isOrigin(from) || !isOrigin(to))
            in.fail("origins", "maps origins such as \"https://api.example.com\", without a path");
    out.trustedOrigins = readOrigins(in);
    if (in.has("copy_media"))
        out.copyMedia = in.flag("copy_media", false);
    in.finish();
    return out;
}

void checkProviderName(TomlReader& in, const std::string& name) {
    if (!isPlainId(name))
        in.fail(name, "a provider's name is part of its redirect URI: use a-z, 0-9, '-', '_', '.'");
}

// "credential:NAME" is one that systemd gives to the unit (systemd.exec, "Credentials"). Elsewhere
// it stays what it is: the command needs the rest of the configuration without it.
std::string masterKeyOf(TomlReader& in, const std::string& otherwise) {
    const std::string given = in.text("master_key", otherwise);
    if (!given.starts_with(credentialPrefix))
        return given;
    const std::string name = given.substr(credentialPrefix.size());
    if (name.empty() || name.find('/') != std::string::npos)
        in.fail("master_key", "a credential has a name without slashes: \"credential:master.key\"");
    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
    return directory && *directory ? std::string(directory) + "/" + name : given;
}

std::map<std::string, WebhookConfig> readWebhooks(TomlReader& in) {
    std::map<std::string, WebhookConfig> out;
    for (auto& [name, reader] : in.entries()) {
        if (!isPlainId(name))
            in.fail(name, "a webhook's name has a-z, 0-9, '-', '_' and '.'");
        out[name] = readWebhook(reader);
    }
    return out;
}

std::string readCaFile(TomlReader& in) {
    const std::string path = in.text("ca_file");
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!path.empty() && text.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
        in.fail("ca_file", "the file \"" + path +
                               "\" must hold certificates of authorities as PEM, and be readable");
    return path;
}

void readPaths(TomlReader& in, Config& out) {
    out.edgeStore = in.text("edge_store", out.edgeStore);
    out.vault = in.text("vault", out.vault);
    out.masterKey = masterKeyOf(in, out.masterKey);
    out.edgeKey = in.text("edge_key", out.edgeKey);
    out.providersDir = in.text("providers_dir", out.providersDir);
    out.edgeGroup = in.text("edge_group", out.edgeGroup);
    out.caFile = readCaFile(in);
    if (out.startSocket().size() > 106)
        in.fail("edge_store", "is too long: start.sock below it may have 106 characters in all");
}

void readLinks(TomlReader& in, Config& out) {
    out.publicUrl = in.text("public_url");
    if (!isOrigin(out.publicUrl))
        in.fail("public_url", "must be the origin that nginx serves, such as "
                              "\"https://links.example.com\", without a path");
    for (const auto& [key, path] : {std::pair{"approve_path", &out.approvePath},
                                    std::pair{"callback_path", &out.callbackPath}}) {
        *path = in.text(key, *path);
        if (!isLocationPath(*path))
            in.fail(key, "must be the path of the nginx location, beginning and ending with '/'");
    }
    out.requester = in.text("requester", out.publicUrl.substr(out.publicUrl.rfind('/') + 1));
    out.linkLifetime = duration(in, "link_lifetime", out.linkLifetime);
    out.linkWarning = duration(in, "link_warning", out.linkWarning);
    out.attemptLifetime = duration(in, "attempt_lifetime", out.attemptLifetime);
}

void readLooks(TomlReader& in, Config& out) {
    if (auto brands = in.table("brands"))
        out.brands = readBrands(*brands);
    out.brand = in.text("brand");
    if (!out.brand.empty() && !out.brands.contains(out.brand))
        in.fail("brand",
                "there is no [brands." + out.brand + "]; known are " + keysOf(out.brands, "none"));
}

void readAll(TomlReader& in, Config& out) {
    readLinks(in, out);
    readPaths(in, out);
    readLooks(in, out);
    out.auditRetention = duration(in, "audit_retention", out.auditRetention);
    out.logLevel = in.text("log_level", out.logLevel);
    if (spdlog::level::from_str(out.logLevel) == spdlog::level::off && out.logLevel != "off")
        in.fail("log_level", "must be trace, debug, info, warning, error or off");
    const auto format = valueIn(logFormatNames, in.text("log_format", "text"));
    if (!format)
        in.fail("log_format", "must be \"text\" or \"json\"");
    out.logFormat = format.value_or(out.logFormat);
    if (auto admin = in.table("admin")) {
        out.adminSocket = admin->text("socket", out.adminSocket);
        out.consoleSocket = admin->text("console_socket");
        if (out.consoleSocket == out.adminSocket)
            admin->fail("console_socket", "must be another socket than the one of the admin API");
        out.grants = readGrants(*admin);
        admin->finish();
    }
    if (auto mail = in.table("mail"))
        out.mail = readMail(*mail);
    if (auto webhooks = in.table("webhooks"))
        out.webhooks = readWebhooks(*webhooks);
    if (auto content = in.table("content"))
        out.content = readContent(*content);
    if (auto providers = in.table("providers")) {
        for (auto& [name, reader] : providers->entries()) {
            checkProviderName(*providers, name);
            out.providers[name] = readProvider(name, reader);
        }
    }
    in.finish();
}

} // namespace

std::optional<std::chrono::seconds> parseDuration(std::string_view text) {
    if (text.size() < 2 || text.size() > 10)
        return std::nullopt;
    long seconds = 0;
    switch (text.back()) {
    case 's':
        seconds = 1;
        break;
    case 'm':
        seconds = 60;
        break;
    case 'h':
        seconds = 3600;
        break;
    case 'd':
        seconds = 86400;
        break;
    default:
        return std::nullopt;
    }
    text.remove_suffix(1);
    if (text.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    const std::chrono::seconds out(std::stol(std::string(text)) * seconds);
    if (out.count() == 0 || out > std::chrono::days(3660))
        return std::nullopt;
    return out;
}

std::string_view nameOf(Role role) {
    return nameIn(roleNames, role);
}

boost::system::result<Config, ConfigError> loadConfig(const std::string& path) {
    if (::access(path.c_str(), F_OK) != 0)
        return ConfigError{path + ": there is no such file; 'grantlink init' makes one, and "
                                  "--config names another"};
    TomlReader in = TomlReader::file(path);
    Config out;
    if (in.error().empty())
        readAll(in, out);
    if (!in.error().empty())
        return ConfigError{in.error()};
    return out;
}

} // namespace grantlink
