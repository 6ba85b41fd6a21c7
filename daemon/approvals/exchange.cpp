#include "daemon/approvals/exchange.hpp"

#include "shared/uuid.hpp"

#include <spdlog/spdlog.h>

#include <charconv>

namespace grantlink {

namespace {

constexpr std::size_t maxTokenLength = 16 * 1024; // bytes; the longest in the field have 4 KiB

// Puts the client's credentials where the provider wants them (RFC 6749, section 2.3.1).
void authenticate(HttpRequest& request, Headers& form, const Provider& provider) {
    switch (provider.preset().token.clientAuth) {
    case ClientAuth::clientSecretBasic:
        // Section 2.3.1: both are form-encoded before they become user name and password.
        request.username = percentEncode(provider.clientId());
        request.password = percentEncode(provider.clientSecret());
        break;
    case ClientAuth::clientSecretPost:
        form.emplace_back("client_id", provider.clientId());
        form.emplace_back("client_secret", provider.clientSecret());
        break;
    case ClientAuth::none:
        form.emplace_back("client_id", provider.clientId());
        break;
    }
}

HttpRequest formRequest(const std::string& url) {
    HttpRequest out;
    out.method = "POST";
    out.url = url;
    out.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                   {"Accept", "application/json"}};
    return out;
}

TimeMs expiryOf(const Json& answer, const TokenStep& step, std::chrono::seconds otherwise,
                TimeMs now) {
    const std::string text = findText(answer, step.expiresIn);
    long seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (seconds <= 0)
        seconds = otherwise.count();
    constexpr long tenYears = 10L * 366 * 86400;
    return seconds > 0 && seconds <= tenYears ? now + static_cast<TimeMs>(seconds) * 1000 : 0;
}

// RFC 6749, section 5.1. Some providers answer errors with status 200: no token is an error.
// `lifetime` holds when the answer does not say; 0: unknown.
StepResult<TokenSet> tokensOf(const HttpResult& result, const Provider& provider,
                              std::chrono::seconds lifetime, Repeatable repeatable) {
    const TokenStep& step = provider.preset().token;
    if (!result)
        return failureOf(result.error(), repeatable);
    const Json answer = Json::parse(result->body);
    const std::string said = findText(answer, step.error);
    if (result->status < 200 || result->status > 299)
        return failureOf(*result, said, repeatable);
    std::string token = findText(answer, step.accessToken);
    if (token.empty())
        return StepFailure{answer.isNull() ? "the token endpoint did not answer with JSON"
                           : said.empty()  ? "the token endpoint answered without a token"
                                           : quoted(said),
                           false,
                           {}};
    std::string refresh = findText(answer, step.refreshToken);
    std::string scope = findWords(answer, step.scope);
    if (token.size() > maxTokenLength || refresh.size() > maxTokenLength ||
        scope.size() > maxTokenLength)
        return StepFailure{"the token endpoint answered with a token that is too long", false, {}};
    TokenSet out;
    out.obtained = nowMs();
    out.expires = expiryOf(answer, step, lifetime, out.obtained);
    out.scope = std::move(scope);
    out.accessToken = secretCopy(token);
    out.refreshToken = secretCopy(refresh);
    sodium_memzero(token.data(), token.size());
    sodium_memzero(refresh.data(), refresh.size());
    return out;
}

} // namespace

boost::asio::awaitable<StepResult<TokenSet>> exchangeCode(HttpClient& http,
                                                          const Provider& provider,
                                                          std::string_view code,
                                                          std::string_view verifier) {
    HttpRequest request = formRequest(provider.preset().token.url);
    Headers form{{"grant_type", "authorization_code"},
                 {"redirect_uri", provider.redirectUri()},
                 {"code", std::string(code)}};
    if (!verifier.empty())
        form.emplace_back("code_verifier", std::string(verifier));
    authenticate(request, form, provider);
    for (const auto& [name, value] : provider.fill(provider.preset().token.parameters, ""))
        form.emplace_back(name, value);
    request.body = formEncode(form);
    const HttpResult result = co_await http.fetch(std::move(request));
    auto tokens = tokensOf(result, provider, provider.preset().token.lifetime, Repeatable::no);
    if (!tokens)
        tokens.error().message =
            without(tokens.error().message, {code, verifier, provider.clientSecret()});
    co_return tokens;
}

boost::asio::awaitable<StepResult<TokenSet>>
upgradeTokens(HttpClient& http, const Provider& provider, TokenSet tokens) {
    if (!provider.preset().upgrade)
        co_return tokens;
    const UpgradeStep& step = *provider.preset().upgrade;
    const std::string parameters =
        formEncode(provider.fill(step.parameters, textOf(tokens.accessToken)));
    HttpRequest request = formRequest(step.url);
    request.method = step.method;
    if (step.method == "POST")
        request.body = parameters;
    else
        request.url += (step.url.find('?') == std::string::npos ? "?" : "&") + parameters;
    const HttpResult result = co_await http.fetch(std::move(request));
    auto upgraded = tokensOf(result, provider, step.lifetime, Repeatable::yes);
    if (!upgraded)
        upgraded.error().message = without(
            upgraded.error().message,
            {textOf(tokens.accessToken), textOf(tokens.refreshToken), provider.clientSecret()});
    if (upgraded && upgraded->scope.empty())
        upgraded->scope = tokens.scope;
    if (upgraded && upgraded->refreshToken.empty())
        upgraded->refreshToken = tokens.refreshToken;
    co_return upgraded;
}

boost::asio::awaitable<void> revokeTokens(HttpClient& http, const Provider& provider,
                                          const TokenSet& tokens) {
    if (!provider.preset().revoke)
        co_return;
    HttpRequest request = formRequest(provider.preset().revoke->url);
    // RFC 7009, section 2.1: revoking the refresh token ends the access tokens of its grant too.
    const bool refresh = !tokens.refreshToken.empty();
    Headers form{{"token", std::string(textOf(refresh ? tokens.refreshToken : tokens.accessToken))},
                 {"token_type_hint", refresh ? "refresh_token" : "access_token"}};
    authenticate(request, form, provider);
    request.body = formEncode(form);
    request.timeout = std::chrono::seconds(5); // the recipient waits for the outcome behind it
    const HttpResult result = co_await http.fetch(std::move(request));
    if (!result)
        spdlog::warn("{}: a token could not be revoked: {}", provider.id(), result.error().message);
    else if (result->status >= 300)
        spdlog::warn("{}: a token could not be revoked: status {}", provider.id(), result->status);
}

} // namespace grantlink
