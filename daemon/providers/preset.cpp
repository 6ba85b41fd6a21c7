#include "daemon/providers/preset.hpp"

#include "daemon/config.hpp"
#include "daemon/text/names.hpp"
#include "daemon/toml_reader.hpp"
#include "shared/language_tag.hpp"

namespace grantlink {

namespace {

constexpr std::size_t maxHintLength = 300; // bytes
constexpr std::size_t maxHints = 100;

std::string url(TomlReader& in, std::string_view key) {
    std::string out = in.text(key);
    if (!out.starts_with("https://") && !out.starts_with("http://"))
        in.fail(key, "must be an absolute URL that begins with https://");
    return out;
}

Pointers pointers(TomlReader& in, std::string_view key, Pointers otherwise) {
    Pointers out = in.has(key) ? in.list(key) : std::move(otherwise);
    for (const std::string& pointer : out)
        if (!pointer.starts_with('/'))
            in.fail(key, "a JSON Pointer begins with '/', such as \"/data/0/username\"");
    return out;
}

std::chrono::seconds lifetime(TomlReader& in) {
    const std::string text = in.text("lifetime");
    const auto value = parseDuration(text);
    if (!text.empty() && !value)
        in.fail("lifetime", "must be a number and a unit in quotes, such as \"1h\"");
    return value.value_or(std::chrono::seconds(0));
}

AuthorizeStep readAuthorize(TomlReader& in) {
    AuthorizeStep out;
    out.url = url(in, "url");
    out.scopes = in.list("scopes");
    out.scopeSeparator = in.text("scope_separator", " ");
    const std::string pkce = in.text("pkce", "S256");
    if (pkce != "S256" && pkce != "unsupported")
        in.fail("pkce", "must be \"S256\" or \"unsupported\"");
    out.pkce = pkce == "S256";
    out.nonce = in.flag("nonce", false);
    out.issuer = in.text("issuer");
    out.issExpected = in.flag("iss_expected", false);
    if (out.issExpected && out.issuer.empty())
        in.fail("iss_expected", "needs \"issuer\": what the provider sends as iss");
    out.parameters = in.map("params");
    in.finish();
    return out;
}

TokenStep readToken(TomlReader& in) {
    static const std::map<std::string, ClientAuth> methods{
        {"client_secret_post", ClientAuth::clientSecretPost},
        {"client_secret_basic", ClientAuth::clientSecretBasic},
        {"none", ClientAuth::none}};
    TokenStep out;
    out.url = url(in, "url");
    const auto method = methods.find(in.text("client_auth", "client_secret_basic"));
    if (method == methods.end())
        in.fail("client_auth",
                "must be \"client_secret_basic\", \"client_secret_post\" or \"none\"");
    else
        out.clientAuth = method->second;
    out.parameters = in.map("params");
    out.accessToken = pointers(in, "access_token", {"/access_token"});
    out.refreshToken = pointers(in, "refresh_token", {"/refresh_token"});
    out.expiresIn = pointers(in, "expires_in", {"/expires_in"});
    out.scope = pointers(in, "scope", {"/scope"});
    out.error = pointers(in, "error", {"/error"});
    out.lifetime = lifetime(in);
    in.finish();
    return out;
}

UpgradeStep readUpgrade(TomlReader& in) {
    UpgradeStep out;
    out.method = in.text("method", "GET");
    if (out.method != "GET" && out.method != "POST")
        in.fail("method", "must be \"GET\" or \"POST\"");
    out.url = url(in, "url");
    out.parameters = in.map("params");
    out.lifetime = lifetime(in);
    in.finish();
    return out;
}

IdentityStep readIdentity(TomlReader& in) {
    IdentityStep out;
    out.url = url(in, "url");
    out.parameters = in.map("params");
    const std::string place = in.text("token_in", "header");
    if (place != "header" && place != "query")
        in.fail("token_in", "must be \"header\" or \"query\"");
    out.tokenInQuery = place == "query";
    out.id = pointers(in, "id", {});
    out.handle = pointers(in, "handle", {});
    out.name = pointers(in, "display_name", {});
    if (out.id.empty())
        in.fail("id", "is missing: where the account's lasting id stands, such as \"/id\"");
    if (out.handle.empty())
        in.fail("handle", "is missing: where the account's handle stands, such as \"/username\"");
    in.finish();
    return out;
}

std::map<std::string, std::string> readHints(TomlReader& in) {
    auto out = in.map("hint");
    auto table = in.table("hint"); // to report at the line of a text
    if (!table)
        return out;
    for (const auto& [language, text] : out) {
        if (!isLanguageTag(language))
            table->fail(language, "is no language tag; they look like \"de\" or \"pt-BR\"");
        if (text.empty() || !isOneLine(text, maxHintLength))
            table->fail(language, "must be one line of plain text, of at most " +
                                      std::to_string(maxHintLength) + " bytes");
    }
    if (!out.contains("en"))
        table->fail("en", "is missing; it is shown in languages that have no text of their own");
    if (out.size() > maxHints)
        in.fail("hint", "has more than " + std::to_string(maxHints) + " languages");
    return out;
}

SwitchAccount readSwitchAccount(TomlReader& in) {
    SwitchAccount out;
    out.url = url(in, "url");
    if (!out.url.starts_with("https://")) // recipients are sent there from an https page
        in.fail("url", "must begin with https://");
    out.hints = readHints(in);
    in.finish();
    return out;
}

HandleRules readHandle(TomlReader& in) {
    HandleRules out;
    out.stripAt = in.flag("strip_at", out.stripAt);
    out.lowercase = in.flag("lowercase", out.lowercase);
    out.displayAt = in.flag("display_at", out.displayAt);
    in.finish();
    return out;
}

std::optional<TomlReader> required(TomlReader& in, std::string_view key) {
    auto table = in.table(key);
    if (!table)
        in.fail(key, "the table [" + std::string(key) + "] is missing");
    return table;
}

void readPreset(TomlReader& in, Preset& out) {
    out.name = in.text("name", out.id);
    in.text("docs"); // where the facts come from: for people
    if (auto table = required(in, "authorize"))
        out.authorize = readAuthorize(*table);
    if (auto table = required(in, "token"))
        out.token = readToken(*table);
    if (auto table = in.table("upgrade"))
        out.upgrade = readUpgrade(*table);
    if (auto table = required(in, "identity"))
        out.identity = readIdentity(*table);
    if (auto table = in.table("revoke")) {
        out.revoke = RevokeStep{url(*table, "url")};
        table->finish();
    }
    if (auto table = in.table("switch_account"))
        out.switchAccount = readSwitchAccount(*table);
    if (auto table = in.table("handle"))
        out.handle = readHandle(*table);
    in.finish();
}

} // namespace

std::string findText(const Json& answer, const Pointers& pointers) {
    for (const std::string& pointer : pointers)
        if (std::string text = answer.pointer(pointer).text(); !text.empty())
            return text;
    return {};
}

std::string findWords(const Json& answer, const Pointers& pointers) {
    for (const std::string& pointer : pointers) {
        const Json found = answer.pointer(pointer);
        std::string words = found.text();
        for (std::size_t i = 0; found.isArray() && i < found.size(); ++i)
            words += (words.empty() ? "" : " ") + found.at(i).text();
        if (!words.empty())
            return words;
    }
    return {};
}

boost::system::result<Preset, PresetError> loadPreset(const std::string& directory,
                                                      const std::string& id) {
    if (id.empty() || id.find('/') != std::string::npos)
        return PresetError{"preset \"" + id + "\": a preset's name has no slash"};
    TomlReader in = TomlReader::file(directory + "/" + id + ".toml");
    Preset out;
    out.id = id;
    if (in.error().empty())
        readPreset(in, out);
    if (!in.error().empty())
        return PresetError{in.error()};
    return out;
}

} // namespace grantlink
