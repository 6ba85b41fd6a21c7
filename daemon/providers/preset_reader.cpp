#include "daemon/providers/preset.hpp"

#include "daemon/providers/placeholders.hpp"
#include "daemon/providers/request_reader.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/names.hpp"
#include "shared/language_tag.hpp"

#include <algorithm>
#include <set>

namespace grantlink {

namespace {

constexpr std::size_t maxHintLength = 300; // bytes
constexpr std::size_t maxHints = 100;

// What tokens have already: placeholders, and what checkIdToken() and putAccount() keep.
bool isReserved(std::string_view name) {
    const auto& names = standardPlaceholders();
    return std::find(names.begin(), names.end(), name) != names.end() || name == "id_token" ||
           name == "sub" || name == "display_name";
}

// In lower case, as answers have it; "": none.
std::string readHeaderName(TomlReader& in, std::string_view key) {
    const std::string name = in.text(key);
    if (!name.empty() && !isHeaderName(name))
        in.fail(key, "is no name of a header, such as \"X-RateLimit-Remaining\"");
    return lowerCase(name);
}

std::vector<std::string> readHosts(TomlReader& in) {
    constexpr std::string_view known = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    std::vector<std::string> out = in.list("hosts");
    for (const std::string& host : out) {
        const bool below = host.starts_with('.');
        if (host.find_first_not_of(known) != host.npos || host.empty() || host.ends_with('.') ||
            (below && host.find('.', 1) == host.npos))
            in.fail("hosts", "lists host names in lower case: \"api.example.com\", or "
                             "\".example.com\" for all below it");
    }
    return out;
}

// Reads one table after the other; what a later one needs of an earlier one is in out_.
class PresetReader {
  public:
    PresetReader(TomlReader& in, Preset& out) : in_(in), out_(out), requests_(placeholders()) {}

    void read();

  private:
    std::set<std::string, std::less<>> placeholders();
    std::optional<TomlReader> required(std::string_view key);
    RequestReader::Url urlOfEndpoint() const; // the issuer's metadata may have it
    void requireHosts();
    RequestTemplate ask(std::string table, std::string method, TokenIn tokenIn) const;
    RequestTemplate asClient(std::string table, std::string url) const; // authenticating as one

    TenantRule readTenant(TomlReader& in) const;
    AuthorizeStep readAuthorize(TomlReader& in) const;
    TokenStep readToken(TomlReader& in) const;
    PushStep readPush(TomlReader& in) const;
    UpgradeStep readUpgrade(TomlReader& in) const;
    RefreshStep readRefresh(TomlReader& in) const;
    IdTokenRules readIdToken(TomlReader& in) const;
    IdentityStep readIdentity(TomlReader& in) const;
    RevokeStep readRevoke(TomlReader& in) const;
    FeedStep readFeed(TomlReader& in) const;
    RateLimit readRateLimit(TomlReader& in) const;
    SwitchAccount readSwitchAccount(TomlReader& in) const;
    HandleRules readHandle(TomlReader& in) const;

    TomlReader& in_;
    Preset& out_;
    RequestReader requests_;
};

std::set<std::string, std::less<>> PresetReader::placeholders() {
    std::set<std::string, std::less<>> out;
    for (const std::string_view name : standardPlaceholders())
        out.emplace(name);
    if (!in_.has("tenant"))
        out.erase("tenant");
    if (auto token = in_.table("token"))
        if (auto keep = token->table("keep"))
            for (const std::string& name : keep->keys())
                out.insert(name);
    return out;
}

std::optional<TomlReader> PresetReader::required(std::string_view key) {
    auto table = in_.table(key);
    if (!table)
        in_.fail(key, "the table [" + std::string(key) + "] is missing");
    return table;
}

RequestReader::Url PresetReader::urlOfEndpoint() const {
    return out_.discovery ? RequestReader::Url::optional : RequestReader::Url::required;
}

RequestTemplate PresetReader::ask(std::string table, std::string method, TokenIn tokenIn) const {
    RequestTemplate out;
    out.table = std::move(table);
    out.method = std::move(method);
    out.tokenIn = tokenIn;
    out.headers = {{"Accept", "application/json"}};
    out.dead = out_.token.request.dead;
    out.error = out_.token.request.error;
    return out;
}

RequestTemplate PresetReader::asClient(std::string table, std::string url) const {
    RequestTemplate out = ask(std::move(table), "POST", TokenIn::nowhere);
    out.url = std::move(url);
    out.parametersIn = out_.token.request.parametersIn;
    out.clientAuth = out_.token.request.clientAuth;
    return out;
}

TenantRule PresetReader::readTenant(TomlReader& in) const {
    TenantRule out;
    out.isHost = readChoice<bool>(in, "kind", {{"host", true}, {"label", false}}, true);
    out.standard = in.text("default");
    out.example = in.text("example");
    if (out.example.empty())
        in.fail("example", "is missing; people are shown it when they leave the tenant out");
    in.finish();
    return out;
}

AuthorizeStep PresetReader::readAuthorize(TomlReader& in) const {
    AuthorizeStep out;
    if (!out_.discovery || in.has("url"))
        out.url = requests_.url(in, "url");
    out.scopes = in.list("scopes");
    out.scopeSeparator = in.text("scope_separator", " ");
    out.pkce = readChoice<Pkce>(in, "pkce",
                                {{"S256", Pkce::required},
                                 {"optional", Pkce::ifSupported},
                                 {"unsupported", Pkce::unsupported}},
                                Pkce::required);
    if (out.pkce == Pkce::ifSupported && !out_.discovery)
        in.fail("pkce", "\"optional\" needs discovery = true: it is the issuer's metadata that say "
                        "whether there is PKCE");
    out.nonce = in.flag("nonce", false);
    out.issuer = in.text("issuer");
    out.issExpected = in.flag("iss_expected", false);
    if (out.issExpected && out.issuer.empty())
        in.fail("iss_expected", "needs \"issuer\": what the provider sends as iss");
    out.declined =
        in.has("declined") ? in.list("declined") : std::vector<std::string>{"access_denied"};
    out.parameters = RequestReader({"client_id", "redirect_uri", "tenant"}).texts(in, "params");
    out.rename = readRename(in);
    in.finish();
    return out;
}

TokenStep PresetReader::readToken(TomlReader& in) const {
    TokenStep out;
    RequestTemplate standard = ask("token", "POST", TokenIn::nowhere);
    standard.clientAuth = ClientAuth::clientSecretBasic;
    standard.error = {"/error"};
    standard.dead = {{"/error"}, {"invalid_grant"}}; // RFC 6749, section 5.2
    out.request = requests_.read(in, std::move(standard), urlOfEndpoint());
    // A code must not be in a URL, and libcurl repeats a GET by itself.
    if (out.request.method == "GET" || out.request.parametersIn == ParametersIn::query)
        in.fail("method", "the token request has a body: it is a POST, with params_in \"form\" or "
                          "\"json\"");
    out.accessToken = readPointers(in, "access_token", {"/access_token"});
    out.refreshToken = readPointers(in, "refresh_token", {"/refresh_token"});
    out.expiresIn = readPointers(in, "expires_in", {"/expires_in"});
    out.expiresAt = readPointers(in, "expires_at");
    out.scope = readPointers(in, "scope", {"/scope"});
    out.types = {"bearer"};
    for (const std::string& type : in.list("token_types"))
        out.types.push_back(lowerCase(type));
    out.lifetime = readDuration(in, "lifetime");
    if (auto keep = in.table("keep")) {
        for (const std::string& name : keep->keys()) {
            if (!isPlaceholder(name) || isReserved(name))
                keep->fail(name, "cannot be kept by this name: one is of a-z, 0-9 and _, and none "
                                 "that stands for something already");
            out.keep[name] = readPointers(*keep, name);
        }
        keep->finish();
    }
    out.hosts = readHosts(in);
    in.finish();
    return out;
}

PushStep PresetReader::readPush(TomlReader& in) const {
    PushStep out;
    out.request = requests_.read(in, standardPush(out_).request, urlOfEndpoint());
    if (out.request.method != "POST" || out.request.parametersIn != ParametersIn::form)
        in.fail("method",
                "a request is pushed as a form (RFC 9126, section 2.1): it is a POST, with "
                "params_in \"form\"");
    in.finish();
    return out;
}

UpgradeStep PresetReader::readUpgrade(TomlReader& in) const {
    UpgradeStep out;
    out.request = requests_.read(in, ask("upgrade", "GET", TokenIn::nowhere));
    out.lifetime = readDuration(in, "lifetime");
    in.finish();
    return out;
}

RefreshStep PresetReader::readRefresh(TomlReader& in) const {
    RefreshStep out;
    out.request = requests_.read(in, asClient("refresh", out_.token.request.url), urlOfEndpoint());
    out.lifetime = readDuration(in, "lifetime");
    out.minAge = readDuration(in, "min_age");
    out.rotates = in.flag("rotates", false);
    in.finish();
    return out;
}

IdTokenRules PresetReader::readIdToken(TomlReader& in) const {
    IdTokenRules out;
    out.issuer = in.text("issuer", out_.discovery ? "" : out_.authorize.issuer);
    if (out.issuer.empty() && !out_.discovery)
        in.fail("issuer", "is missing: what the ID token says as iss");
    if (!out_.discovery || in.has("jwks_url"))
        out.jwksUrl = requests_.url(in, "jwks_url");
    out.algorithms =
        in.has("algorithms") ? in.list("algorithms") : std::vector<std::string>{"RS256", "ES256"};
    static const std::set<std::string> known{"RS256", "RS384", "RS512", "PS256", "PS384",
                                             "PS512", "ES256", "ES384", "ES512"};
    for (const std::string& algorithm : out.algorithms)
        if (!known.contains(algorithm)) // RFC 8725, section 3.1: never none, never a shared secret
            in.fail("algorithms", "must be signatures with a key pair, such as \"RS256\"");
    in.finish();
    return out;
}

IdentityStep PresetReader::readIdentity(TomlReader& in) const {
    IdentityStep out;
    out.from = readChoice<IdentityFrom>(in, "from",
                                        {{"request", IdentityFrom::request},
                                         {"token", IdentityFrom::tokenAnswer},
                                         {"id_token", IdentityFrom::idToken}},
                                        IdentityFrom::request);
    if (out.from == IdentityFrom::idToken && !out_.idToken)
        in.fail("from", "\"id_token\" needs a table [id_token], which says how it is checked");
    const bool asks = out.from == IdentityFrom::request;
    out.request = requests_.read(in, ask("identity", "GET", TokenIn::header),
                                 asks ? urlOfEndpoint() : RequestReader::Url::optional);
    out.items = readPointer(in, "items");
    out.id = readPointers(in, "id");
    out.handle = readPointers(in, "handle");
    out.name = readPointers(in, "display_name");
    out.picture = readPointers(in, "picture");
    out.accessToken = readPointers(in, "access_token");
    if (out.id.empty())
        in.fail("id", "is missing: where the account's lasting id stands, such as \"/id\"");
    if (out.handle.empty())
        in.fail("handle", "is missing: where the account's handle stands, such as \"/username\"");
    in.finish();
    return out;
}

RevokeStep PresetReader::readRevoke(TomlReader& in) const {
    RevokeStep out;
    out.accessToken =
        readChoice<bool>(in, "revokes", {{"refresh_token", false}, {"access_token", true}}, false);
    out.request = requests_.read(in, asClient("revoke", ""), urlOfEndpoint());
    in.finish();
    return out;
}

FeedStep PresetReader::readFeed(TomlReader& in) const {
    FeedStep out;
    out.request = requests_.read(in, ask("feed", "GET", out_.identity.request.tokenIn));
    out.items = readPointer(in, "items");
    out.id = readPointers(in, "id", {"/id"});
    out.text = readPointers(in, "text");
    out.link = readPointers(in, "link");
    out.time = readPointers(in, "time");
    out.media = readPointers(in, "media");
    out.cursor = readPointers(in, "cursor");
    out.cursorParameter = in.text("cursor_param");
    out.next = readPointers(in, "next");
    out.linkHeader = in.flag("link_header", false);
    if (out.cursor.empty() != out.cursorParameter.empty())
        in.fail("cursor", "\"cursor\" and \"cursor_param\" need each other");
    const std::string number = in.text("page_param");
    out.numbered = !number.empty();
    if (out.numbered && (!out.cursor.empty() || !out.next.empty() || out.linkHeader))
        in.fail("page_param", "is for pages that count up; this feed has another way to the next");
    if (out.numbered)
        out.cursorParameter = number;
    const auto& params = out.request.parameters;
    if (params.contains(out.cursorParameter))
        in.fail("params", "has the parameter \"" + out.cursorParameter +
                              "\" that says which page is wanted: leave it out");
    out.request.integers = in.list("integers");
    if (!out.request.integers.empty() && out.request.parametersIn != ParametersIn::json)
        in.fail("integers", "only JSON tells numbers from texts: write params_in = \"json\"");
    for (const std::string& name : out.request.integers)
        if (!params.contains(name) && name != out.cursorParameter)
            in.fail("integers", "\"" + name + "\" is no parameter of this request");
    in.finish();
    return out;
}

RateLimit PresetReader::readRateLimit(TomlReader& in) const {
    RateLimit out;
    out.remaining = readHeaderName(in, "remaining");
    out.reset = readHeaderName(in, "reset");
    out.resetIsTime =
        readChoice<bool>(in, "reset_is", {{"seconds", false}, {"unix_time", true}}, false);
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

SwitchAccount PresetReader::readSwitchAccount(TomlReader& in) const {
    SwitchAccount out;
    out.url = requests_.url(in, "url");
    if (!out.url.starts_with("https://")) // recipients are sent there from an https page
        in.fail("url", "must begin with https://");
    out.hints = readHints(in);
    in.finish();
    return out;
}

HandleRules PresetReader::readHandle(TomlReader& in) const {
    HandleRules out;
    out.stripAt = in.flag("strip_at", out.stripAt);
    out.lowercase = in.flag("lowercase", out.lowercase);
    out.displayAt = in.flag("display_at", out.displayAt);
    out.prefixes = in.list("prefixes");
    out.suffix = in.text("suffix");
    in.finish();
    return out;
}

// A token is sent to whoever a token endpoint names: the preset says who that may be.
void PresetReader::requireHosts() {
    for (const RequestTemplate* request : requestsOf(out_))
        if (!request->url.empty() && !namesItsHost(request->url) && out_.token.hosts.empty())
            if (auto table = in_.table(request->table))
                table->fail("url", "leads to a host that an answer names; say in [token] which "
                                   "ones these may be, such as hosts = [\".example.com\"]");
}

void PresetReader::read() {
    out_.name = in_.text("name", out_.id);
    out_.docs = in_.text("docs");
    out_.discovery = in_.flag("discovery", false);
    out_.dpop = in_.flag("dpop", false);
    if (auto table = in_.table("tenant"))
        out_.tenant = readTenant(*table);
    if (auto table = required("authorize"))
        out_.authorize = readAuthorize(*table);
    if (auto table = required("token"))
        out_.token = readToken(*table);
    if (auto table = in_.table("par"))
        out_.push = readPush(*table);
    if (auto table = in_.table("upgrade"))
        out_.upgrade = readUpgrade(*table);
    if (auto table = in_.table("refresh"))
        out_.refresh = readRefresh(*table);
    if (auto table = in_.table("id_token"))
        out_.idToken = readIdToken(*table);
    if (auto table = required("identity"))
        out_.identity = readIdentity(*table);
    if (auto table = in_.table("revoke"))
        out_.revoke = readRevoke(*table);
    if (auto table = in_.table("feed"))
        out_.feed = readFeed(*table);
    if (auto table = in_.table("rate_limit"))
        out_.rateLimit = readRateLimit(*table);
    if (auto table = in_.table("switch_account"))
        out_.switchAccount = readSwitchAccount(*table);
    if (auto table = in_.table("handle"))
        out_.handle = readHandle(*table);
    requireHosts();
    in_.finish();
}

} // namespace

boost::system::result<Preset, PresetError> readPreset(const std::string& path) {
    TomlReader in = TomlReader::file(path);
    Preset out;
    out.id = path.substr(path.rfind('/') + 1);
    if (out.id.ends_with(".toml"))
        out.id.resize(out.id.size() - 5);
    if (in.error().empty())
        PresetReader(in, out).read();
    if (!in.error().empty())
        return PresetError{in.error()};
    return out;
}

boost::system::result<Preset, PresetError> loadPreset(const std::string& directory,
                                                      const std::string& id) {
    if (id.empty() || id.find('/') != std::string::npos)
        return PresetError{"preset \"" + id + "\": a preset's name has no slash"};
    return readPreset(directory + "/" + id + ".toml");
}

} // namespace grantlink
