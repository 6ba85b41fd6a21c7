#include "daemon/providers/request_reader.hpp"

#include "daemon/config.hpp"
#include "daemon/providers/placeholders.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/names.hpp"

#include <algorithm>
#include <cctype>

namespace grantlink {

namespace {

const std::map<std::string, std::optional<ClientAuth>> clientAuths{
    {"client_secret_basic", ClientAuth::clientSecretBasic},
    {"client_secret_post", ClientAuth::clientSecretPost},
    {"private_key_jwt", ClientAuth::privateKeyJwt},
    {"none", ClientAuth::none}};

bool isMethod(std::string_view text) {
    static const std::set<std::string_view> known{"GET", "POST", "PUT", "PATCH", "DELETE"};
    return known.contains(text);
}

// http is for a provider on this very machine; whether it may be asked, grantlink.toml decides.
bool isUrl(std::string_view text) {
    static constexpr std::string_view beginnings[] = {
        "https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:", "{"};
    const bool begins = std::any_of(std::begin(beginnings), std::end(beginnings),
                                    [&](std::string_view one) { return text.starts_with(one); });
    return begins && text.find_first_of(" \t\r\n#\"<>\\") == std::string_view::npos;
}

// What the standards call the parameters that a request can have.
const std::vector<std::string> standardParameters{"client_assertion",
                                                  "client_assertion_type",
                                                  "client_id",
                                                  "client_secret",
                                                  "code",
                                                  "code_challenge",
                                                  "code_challenge_method",
                                                  "code_verifier",
                                                  "grant_type",
                                                  "nonce",
                                                  "redirect_uri",
                                                  "refresh_token",
                                                  "response_type",
                                                  "scope",
                                                  "state",
                                                  "token",
                                                  "token_type_hint"};

void requireStandard(TomlReader& in, std::string_view key, const std::string& name) {
    if (std::find(standardParameters.begin(), standardParameters.end(), name) !=
        standardParameters.end())
        return;
    in.fail(key, "there is no standard parameter \"" + name + "\"; known are " +
                     joined(standardParameters, ", "));
}

bool showsToken(const RequestTemplate& request) {
    const auto named = [](std::string_view text) {
        return text.find("{access_token}") != std::string_view::npos;
    };
    const auto inValues = [&](const Parameters& fields) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](const auto& field) { return named(field.second); });
    };
    return request.tokenIn != TokenIn::nowhere || named(request.url) ||
           inValues(request.parameters) || inValues(request.headers);
}

constexpr std::size_t maxHeaderLength = 1024; // bytes

// What makes the message, and the proof of possession.
bool isOurs(std::string_view header) {
    static const std::set<std::string> ours{"connection", "content-length",   "dpop", "host",
                                            "te",         "transfer-encoding"};
    return ours.contains(lowerCase(header));
}

// RFC 6901, section 3.
void requirePointer(TomlReader& in, std::string_view key, std::string_view pointer) {
    if (!pointer.starts_with('/'))
        in.fail(key, "a JSON Pointer begins with '/', such as \"/data/0/username\"");
    for (std::size_t at = pointer.find('~'); at != pointer.npos; at = pointer.find('~', at + 1))
        if (at + 1 == pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1'))
            in.fail(key, "in a JSON Pointer \"~\" is written \"~0\", and \"/\" \"~1\"");
}

AnswerRule readRule(TomlReader& in, std::string_view key, AnswerRule otherwise) {
    auto table = in.table(key);
    if (!table)
        return otherwise;
    const AnswerRule out{readPointers(*table, "pointer", {}), table->list("is")};
    if (out.pointers.empty() || out.is.empty())
        table->fail("pointer", "a " + std::string(key) +
                                   " rule has both \"pointer\" and \"is\", such as "
                                   "{ pointer = \"/ok\", is = \"true\" }");
    table->finish();
    return out;
}

} // namespace

RequestTemplate RequestReader::read(TomlReader& in, RequestTemplate out, Url need) const {
    out.method = in.text("method", out.method);
    if (!isMethod(out.method))
        in.fail("method", "must be GET, POST, PUT, PATCH or DELETE");
    if (need == Url::required || in.has("url"))
        out.url = url(in, "url", out.url);
    const bool hasBody = out.method != "GET" && out.method != "DELETE";
    out.parametersIn = readChoice<ParametersIn>(in, "params_in",
                                                {{"query", ParametersIn::query},
                                                 {"form", ParametersIn::form},
                                                 {"json", ParametersIn::json}},
                                                hasBody ? out.parametersIn : ParametersIn::query);
    if (out.method == "GET" && out.parametersIn != ParametersIn::query)
        in.fail("params_in", "a GET has no body: its parameters are in the query");
    out.parameters = texts(in, "params");
    readHeaders(in, out.headers);
    out.rename = readRename(in);
    out.omit = in.list("omit");
    for (const std::string& name : out.omit)
        requireStandard(in, "omit", name);
    out.clientAuth = readChoice(in, "client_auth", clientAuths, out.clientAuth);
    out.tokenIn = readChoice<TokenIn>(
        in, "token_in",
        {{"none", TokenIn::nowhere}, {"header", TokenIn::header}, {"query", TokenIn::query}},
        out.tokenIn);
    if (out.tokenIn != TokenIn::nowhere && out.parameters.contains("access_token"))
        in.fail("token_in", "the token is among the params as well, and a request has it once (RFC "
                            "6750, section 2): write token_in = \"none\"");
    out.showsToken = showsToken(out);
    out.success = readRule(in, "success", {});
    out.dead = readRule(in, "dead", out.dead);
    out.error = readPointers(in, "error", out.error);
    return out;
}

void RequestReader::readHeaders(TomlReader& in, Parameters& into) const {
    auto table = in.table("headers");
    for (const auto& [name, value] : texts(in, "headers")) {
        if (!isHeaderName(name) || isOurs(name))
            table->fail(name, "is no name of a header that a preset can set");
        if (!isOneLine(value, maxHeaderLength))
            table->fail(name, "must be one line, of at most " + std::to_string(maxHeaderLength) +
                                  " bytes");
        std::erase_if(into, [&, lower = lowerCase(name)](const auto& header) {
            return lowerCase(header.first) == lower;
        });
        into[name] = value;
    }
}

std::string RequestReader::url(TomlReader& in, std::string_view key, std::string otherwise) const {
    const std::string out = in.text(key, std::move(otherwise));
    if (!isUrl(out))
        in.fail(key, "must be an absolute URL that begins with https://");
    check(in, key, out);
    return out;
}

Parameters RequestReader::texts(TomlReader& in, std::string_view key) const {
    Parameters out = in.map(key);
    if (auto table = in.table(key)) // to report at the line of a text
        for (const auto& [name, text] : out)
            check(*table, name, text);
    return out;
}

void RequestReader::check(TomlReader& in, std::string_view key, std::string_view text) const {
    for (const std::string& name : placeholdersIn(text)) {
        if (placeholders_.contains(name))
            continue;
        const std::string known = "{" + joined(placeholders_, "}, {") + "}";
        in.fail(key, name == "tenant"
                         ? "{tenant} needs a table [tenant]"
                         : "there is no placeholder {" + name + "}; known are " + known);
    }
}

Parameters readRename(TomlReader& in) {
    Parameters out = in.map("rename");
    std::set<std::string> others;
    for (const auto& [name, other] : out) {
        requireStandard(in, "rename", name);
        if (other.empty() || !others.insert(other).second)
            in.fail("rename", "\"" + name + "\" needs another name, and one of its own");
    }
    return out;
}

bool isHeaderName(std::string_view text) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || marks.find(static_cast<char>(c)) != marks.npos;
    });
}

Pointers readPointers(TomlReader& in, std::string_view key, Pointers otherwise) {
    Pointers out = in.has(key) ? in.list(key) : std::move(otherwise);
    for (const std::string& pointer : out)
        requirePointer(in, key, pointer);
    return out;
}

std::string readPointer(TomlReader& in, std::string_view key) {
    const std::string out = in.text(key);
    if (!out.empty())
        requirePointer(in, key, out);
    return out;
}

std::chrono::seconds readDuration(TomlReader& in, std::string_view key) {
    const std::string text = in.text(key);
    const auto value = parseDuration(text);
    if (!text.empty() && !value)
        in.fail(key, "must be a number and a unit in quotes, such as \"1h\"");
    return value.value_or(std::chrono::seconds(0));
}

} // namespace grantlink
