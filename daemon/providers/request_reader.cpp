#include "daemon/providers/request_reader.hpp"

#include "daemon/config.hpp"
#include "daemon/providers/placeholders.hpp"

#include <algorithm>

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

AnswerRule readRule(TomlReader& in, std::string_view key, AnswerRule otherwise) {
    auto table = in.table(key);
    if (!table)
        return otherwise;
    const AnswerRule out{readPointer(*table, "pointer"), table->list("is")};
    if (out.pointer.empty() || out.is.empty())
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
    for (auto& [name, value] : texts(in, "headers"))
        out.headers[name] = value;
    out.rename = in.map("rename");
    out.omit = in.list("omit");
    out.clientAuth = readChoice(in, "client_auth", clientAuths, out.clientAuth);
    out.tokenIn = readChoice<TokenIn>(
        in, "token_in",
        {{"none", TokenIn::nowhere}, {"header", TokenIn::header}, {"query", TokenIn::query}},
        out.tokenIn);
    out.success = readRule(in, "success", {});
    out.dead = readRule(in, "dead", out.dead);
    out.error = readPointers(in, "error", out.error);
    return out;
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
        std::string known;
        for (const std::string& one : placeholders_)
            known += (known.empty() ? "{" : ", {") + one + "}";
        in.fail(key, name == "tenant"
                         ? "{tenant} needs a table [tenant]"
                         : "there is no placeholder {" + name + "}; known are " + known);
    }
}

Pointers readPointers(TomlReader& in, std::string_view key, Pointers otherwise) {
    Pointers out = in.has(key) ? in.list(key) : std::move(otherwise);
    for (const std::string& pointer : out)
        if (!pointer.starts_with('/'))
            in.fail(key, "a JSON Pointer begins with '/', such as \"/data/0/username\"");
    return out;
}

std::string readPointer(TomlReader& in, std::string_view key) {
    const std::string out = in.text(key);
    if (!out.empty() && !out.starts_with('/'))
        in.fail(key, "a JSON Pointer begins with '/', such as \"/data/0/username\"");
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
