#include "daemon/oauth/token_requests.hpp"

#include "daemon/oauth/ask.hpp"
#include "daemon/oauth/request.hpp"
#include "daemon/oauth/shown.hpp"
#include "daemon/providers/answer.hpp"
#include "daemon/text/ascii.hpp"
#include "daemon/text/names.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

namespace grantlink {

namespace {

constexpr std::size_t maxTokenLength = 16 * 1024; // bytes; the longest in the field have 4 KiB
constexpr std::size_t maxKeptLength = 2048;

long numberIn(const std::string& text) {
    long out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

// 0: not known.
TimeMs expiryOf(const Json& answer, const TokenStep& step, std::chrono::seconds otherwise,
                TimeMs now) {
    constexpr long tenYears = 10L * 366 * 86400;
    long seconds = numberIn(findText(answer, step.expiresIn));
    if (const long end = numberIn(findText(answer, step.expiresAt)); seconds <= 0 && end > 0)
        seconds = end - static_cast<long>(now / 1000);
    if (seconds <= 0 || seconds > tenYears)
        seconds = otherwise.count();
    return seconds > 0 ? now + static_cast<TimeMs>(seconds) * 1000 : 0;
}

// What later requests need of the answer.
std::map<std::string, std::string> kept(const Json& answer, const Preset& preset) {
    std::map<std::string, std::string> out;
    for (const auto& [name, pointers] : preset.token.keep)
        out[name] = findText(answer, pointers);
    if (preset.identity.from == IdentityFrom::tokenAnswer)
        putAccount(out, answer, preset.identity);
    std::erase_if(out, [](const auto& entry) {
        return entry.second.empty() || entry.second.size() > maxKeptLength;
    });
    return out;
}

// The provider has acted, and nothing of it can be used.
StepFailure useless(std::string why) {
    StepFailure out{std::move(why)};
    out.unsure = true;
    return out;
}

// Some providers answer errors with status 200.
StepFailure noToken(const Json& answer, const RequestTemplate& request, const Headers& secrets) {
    const std::string said = without(findText(answer, request.error), secrets);
    if (!said.empty())
        return {quoted(said), false, {}, isDead(200, answer, request)};
    return useless(answer.isNull() ? "the token endpoint did not answer with JSON"
                                   : "the token endpoint answered without a token");
}

// Whether a token of that type can be used (RFC 6749, section 7.1): by the scheme Bearer, or with
// proofs by our key. Many do not say.
bool isUsable(const std::string& type, const TokenStep& step, const SecretBytes& dpopKey) {
    const auto& known = step.types;
    return type.empty() || std::find(known.begin(), known.end(), type) != known.end() ||
           (type == "dpop" && !dpopKey.empty());
}

// RFC 6749, section 5.1: an answer to a code that names no scope grants what was asked for. A
// preset whose provider never says, whatever it has granted, has no place for it.
std::string scopeIn(const Json& answer, const Preset& preset, const RequestTemplate& request) {
    const Pointers& places = preset.token.scope;
    const bool named = std::any_of(places.begin(), places.end(), [&](const std::string& place) {
        return !answer.pointer(place).isNull();
    });
    if (!named && !places.empty() && request.table == preset.token.request.table)
        return joined(preset.authorize.scopes, " ");
    return findWords(answer, places);
}

// RFC 6749, section 5.1. `lifetime` holds when the answer does not say; 0: unknown. `dpopKey`: what
// proves the request; the tokens have it when they are bound to it.
StepResult<TokenSet> tokensIn(const Json& answer, const Preset& preset,
                              const RequestTemplate& request, std::chrono::seconds lifetime,
                              const SecretBytes& dpopKey, const Headers& secrets) {
    const TokenStep& step = preset.token;
    std::string token = findText(answer, step.accessToken);
    if (token.empty())
        return noToken(answer, request, secrets);
    std::string refresh = findText(answer, step.refreshToken);
    std::string scope = scopeIn(answer, preset, request);
    if (token.size() > maxTokenLength || refresh.size() > maxTokenLength ||
        scope.size() > maxTokenLength)
        return useless("the token endpoint answered with a token that is too long");
    const std::string type = lowerCase(findText(answer, {"/token_type"}));
    if (!isUsable(type, step, dpopKey))
        return useless("the token endpoint answered with a token of a type that is not known");
    TokenSet out;
    out.obtained = nowMs();
    out.expires = expiryOf(answer, step, lifetime, out.obtained);
    out.scope = std::move(scope);
    out.accessToken = secretCopy(token);
    out.refreshToken = secretCopy(refresh);
    out.values = kept(answer, preset);
    if (const std::string id = findText(answer, {"/id_token"});
        preset.idToken && id.size() <= maxTokenLength)
        out.values["id_token"] = id; // until it has been checked
    if (type == "dpop")              // RFC 9449, section 5
        out.dpopKey = dpopKey;
    sodium_memzero(token.data(), token.size());
    sodium_memzero(refresh.data(), refresh.size());
    return out;
}

// One try of a request that is answered with tokens, made with a key or without one.
boost::asio::awaitable<StepResult<TokenSet>>
askForTokens(DpopClient& client, const Provider& provider, const RequestTemplate& preset,
             HttpRequest request, SecretBytes dpopKey, std::chrono::seconds lifetime,
             Repeatable repeatable) {
    const auto answer =
        co_await ask(client, provider, preset, std::move(request), dpopKey, repeatable);
    if (!answer)
        co_return answer.error();
    co_return tokensIn(answer->json, provider.preset(), preset, lifetime, dpopKey, answer->secrets);
}

StepFailure unbound() {
    return useless("the token endpoint answered with a token that is not bound to our key: its "
                   "token_type is not DPoP");
}

// The tokens, if they are bound to the key that they were asked for with. Those that are not are
// worth something to whoever gets hold of them: they are given back.
boost::asio::awaitable<StepResult<TokenSet>> bound(DpopClient& client, const Provider& provider,
                                                   StepResult<TokenSet> tokens, bool asked) {
    if (!asked || !tokens || !tokens->dpopKey.empty())
        co_return tokens;
    co_await revokeTokens(client, provider, *tokens);
    co_return unbound();
}

// What an answer about tokens that there are already left out stays as it was.
TokenSet renewed(TokenSet newer, const TokenSet& older) {
    newer.values.erase("id_token"); // the one that counts came with the code
    if (newer.scope.empty())
        newer.scope = older.scope;
    if (newer.refreshToken.empty()) // RFC 6749, section 6
        newer.refreshToken = older.refreshToken;
    newer.values.insert(older.values.begin(), older.values.end()); // what is newer stays
    return newer;
}

} // namespace

boost::asio::awaitable<StepResult<TokenSet>>
exchangeCode(DpopClient& client, const Provider& provider, std::string_view code,
             std::string_view verifier, SecretBytes dpopKey) {
    const TokenStep& step = provider.preset().token;
    Headers form{{"grant_type", "authorization_code"},
                 {"redirect_uri", provider.redirectUri()},
                 {"code", std::string(code)}};
    if (!verifier.empty())
        form.emplace_back("code_verifier", std::string(verifier));
    HttpRequest request = compose(provider, step.request, provider.values(), std::move(form));
    auto tokens = co_await askForTokens(client, provider, step.request, std::move(request), dpopKey,
                                        step.lifetime, Repeatable::no);
    auto kept = co_await bound(client, provider, std::move(tokens), !dpopKey.empty());
    co_return kept;
}

boost::asio::awaitable<StepResult<TokenSet>>
upgradeTokens(DpopClient& client, const Provider& provider, TokenSet tokens) {
    if (!provider.preset().upgrade)
        co_return tokens;
    const UpgradeStep& step = *provider.preset().upgrade;
    HttpRequest request = compose(provider, step.request, valuesOf(provider, tokens), {});
    auto answered = co_await askForTokens(client, provider, step.request, std::move(request),
                                          tokens.dpopKey, step.lifetime, Repeatable::yes);
    auto upgraded = co_await bound(client, provider, std::move(answered), !tokens.dpopKey.empty());
    if (!upgraded)
        co_return upgraded;
    co_return renewed(std::move(*upgraded), tokens);
}

boost::asio::awaitable<StepResult<TokenSet>>
refreshTokens(DpopClient& client, const Provider& provider, const TokenSet& tokens) {
    const RefreshStep& step = provider.preset().refresh.value();
    Headers form{{"grant_type", "refresh_token"},
                 {"refresh_token", std::string(textOf(tokens.refreshToken))}};
    HttpRequest request =
        compose(provider, step.request, valuesOf(provider, tokens), std::move(form));
    // One that rotates may be used, and the next one lost.
    const auto repeatable = step.rotates ? Repeatable::no : Repeatable::yes;
    auto refreshed = co_await askForTokens(client, provider, step.request, std::move(request),
                                           tokens.dpopKey, step.lifetime, repeatable);
    if (!refreshed)
        co_return refreshed;
    if (!tokens.dpopKey.empty() && refreshed->dpopKey.empty())
        co_return unbound(); // not given back: that may end the grant of those that there are
    co_return renewed(std::move(*refreshed), tokens);
}

boost::asio::awaitable<std::optional<StepFailure>>
revokeTokens(DpopClient& client, const Provider& provider, const TokenSet& tokens) {
    if (!provider.preset().revoke)
        co_return std::nullopt;
    const RevokeStep& step = *provider.preset().revoke;
    // RFC 7009, section 2.1: revoking the refresh token ends the access tokens of its grant too.
    const bool refresh = !tokens.refreshToken.empty() && !step.accessToken;
    Headers form{{"token", std::string(textOf(refresh ? tokens.refreshToken : tokens.accessToken))},
                 {"token_type_hint", refresh ? "refresh_token" : "access_token"}};
    HttpRequest request =
        compose(provider, step.request, valuesOf(provider, tokens), std::move(form));
    request.timeout = std::chrono::seconds(5); // the recipient waits for the outcome behind it
    const auto answer = co_await ask(client, provider, step.request, std::move(request),
                                     tokens.dpopKey, Repeatable::yes);
    if (answer)
        co_return std::nullopt;
    spdlog::warn("{}: a token could not be revoked: {}", provider.id(), answer.error().message);
    co_return answer.error();
}

} // namespace grantlink
