#include "daemon/oauth/request.hpp"

#include "daemon/json/json.hpp"
#include "daemon/net/url.hpp"
#include "daemon/oauth/client_assertion.hpp"

#include <algorithm>
#include <charconv>

namespace grantlink {

namespace {

// The client's credentials where the provider wants them (RFC 6749, section 2.3.1).
void authenticate(HttpRequest& request, Headers& parameters, const Provider& provider,
                  ClientAuth how) {
    switch (how) {
    case ClientAuth::clientSecretBasic:
        // Both are form-encoded before they become user name and password.
        request.username = percentEncode(provider.clientId());
        request.password = percentEncode(provider.clientSecret());
        break;
    case ClientAuth::clientSecretPost:
        parameters.emplace_back("client_id", provider.clientId());
        parameters.emplace_back("client_secret", provider.clientSecret());
        break;
    case ClientAuth::privateKeyJwt:
        parameters.emplace_back("client_id", provider.clientId());
        parameters.emplace_back("client_assertion_type",
                                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        parameters.emplace_back("client_assertion", clientAssertion(provider));
        break;
    case ClientAuth::none:
        parameters.emplace_back("client_id", provider.clientId());
        break;
    }
}

void put(Headers& fields, const std::string& name, std::string value) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.first == name; });
    if (found == fields.end())
        fields.emplace_back(name, std::move(value));
    else
        found->second = std::move(value);
}

Headers adjusted(Headers parameters, const RequestTemplate& preset, const Values& values) {
    std::erase_if(parameters, [&](const auto& field) {
        return std::find(preset.omit.begin(), preset.omit.end(), field.first) != preset.omit.end();
    });
    for (auto& [name, value] : parameters)
        if (const auto other = preset.rename.find(name); other != preset.rename.end())
            name = other->second;
    for (const auto& [name, text] : preset.parameters)
        put(parameters, name, fillText(text, values));
    return parameters;
}

// What is no whole number stays a text, whatever it should be.
Json integerOf(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? Json(number) : Json(text);
}

std::string jsonOf(const Headers& parameters, const std::vector<std::string>& integers) {
    Json out = Json::object();
    for (const auto& [name, value] : parameters) {
        const bool number = std::find(integers.begin(), integers.end(), name) != integers.end();
        out.set(name, number ? integerOf(value) : Json(value));
    }
    return out.dump();
}

void place(HttpRequest& request, const RequestTemplate& preset, const Headers& parameters) {
    switch (preset.parametersIn) {
    case ParametersIn::query:
        request.url = withQuery(request.url, parameters);
        break;
    case ParametersIn::form:
        put(request.headers, "Content-Type", "application/x-www-form-urlencoded");
        request.body = formEncode(parameters);
        break;
    case ParametersIn::json:
        put(request.headers, "Content-Type", "application/json");
        request.body = jsonOf(parameters, preset.integers);
        break;
    }
}

// What of a request must not be shown, by the placeholder that stands for it.
Headers secretsOf(const Provider& provider, const Values& values, const Headers& parameters) {
    Headers out{{"client_secret", provider.clientSecret()}};
    for (const char* name : {"access_token", "refresh_token"})
        if (const auto found = values.find(name); found != values.end())
            out.emplace_back(name, found->second);
    for (const auto& [name, value] : parameters)
        for (const char* secret : {"code", "code_verifier", "client_assertion", "token", "state"})
            if (name == secret)
                out.emplace_back(name, value);
    std::erase_if(out, [](const auto& secret) { return secret.second.empty(); });
    return out;
}

} // namespace

HttpRequest compose(const Provider& provider, const RequestTemplate& preset, const Values& values,
                    Headers parameters) {
    HttpRequest out;
    out.provider = provider.id();
    out.label = preset.table;
    out.method = preset.method;
    out.url = fillUrl(preset.url, values);
    out.reach = provider.reachOf(preset.url, out.url);
    for (const auto& [name, text] : preset.headers)
        put(out.headers, name, fillText(text, values));
    const auto token = values.find("access_token");
    if (token != values.end() && preset.tokenIn == TokenIn::header)
        put(out.headers, "Authorization", "Bearer " + token->second);
    if (token != values.end() && preset.tokenIn == TokenIn::query)
        out.url = withQuery(out.url, {{"access_token", token->second}});
    if (preset.clientAuth ==
        ClientAuth::privateKeyJwt) // its jti is used once (RFC 7523, section 3)
        out.renew = [&provider, &preset, values, parameters](HttpRequest& request) {
            HttpRequest fresh = compose(provider, preset, values, parameters);
            request.url = std::move(fresh.url);
            request.body = std::move(fresh.body);
            request.secrets = std::move(fresh.secrets);
        };
    if (preset.clientAuth)
        authenticate(out, parameters, provider, *preset.clientAuth);
    out.secrets = secretsOf(provider, values, parameters);
    place(out, preset, adjusted(std::move(parameters), preset, values));
    return out;
}

Values valuesOf(const Provider& provider, const TokenSet& tokens) {
    Values out = provider.values();
    out.insert(tokens.values.begin(), tokens.values.end());
    out["access_token"] = textOf(tokens.accessToken);
    out["refresh_token"] = textOf(tokens.refreshToken);
    return out;
}

} // namespace grantlink
