#include "daemon/oauth/id_token.hpp"

#include "daemon/oauth/jws.hpp"
#include "daemon/providers/answer.hpp"

#include <algorithm>
#include <optional>

namespace grantlink {

namespace {

constexpr double skew = 60; // seconds that two clocks may differ

bool isFor(const Json& claims, const std::string& clientId) {
    const Json audience = claims["aud"];
    bool named = audience.str() == clientId;
    for (std::size_t i = 0; audience.isArray() && i < audience.size(); ++i)
        named = named || audience.at(i).str() == clientId;
    const Json authorized = claims["azp"];
    const bool mustSay = audience.isArray() && audience.size() > 1;
    return named && (authorized.isNull() ? !mustSay : authorized.str() == clientId);
}

// A NumericDate: seconds, which may have a fraction (RFC 7519, section 2). Nothing: it is none.
std::optional<double> dateIn(const Json& claim) {
    const json_t* const number = claim.borrow();
    return json_is_number(number) ? std::optional(json_number_value(number)) : std::nullopt;
}

// What is wrong with the claims; "" when nothing is. They are judged by when they came, because the
// daemon may have been stopped meanwhile.
std::string faultIn(const Json& claims, const Provider& provider, const std::string& nonce,
                    TimeMs received) {
    const Preset& preset = provider.preset();
    const auto now = static_cast<double>(received / 1000);
    if (claims["iss"].str() != preset.idToken->issuer)
        return "is of another issuer";
    if (!isFor(claims, provider.clientId()))
        return "is for another client";
    if (dateIn(claims["exp"]).value_or(0) <= now - skew)
        return "has expired";
    if (dateIn(claims["nbf"]).value_or(0) > now + skew) // RFC 7519, section 4.1.5
        return "is not valid yet";
    const auto issued = dateIn(claims["iat"]);
    if (!issued || *issued > now + skew)
        return "was issued at no time that can be";
    if (preset.authorize.nonce && (nonce.empty() || claims["nonce"].str() != nonce))
        return "has another nonce";
    if (claims["sub"].str().empty())
        return "does not say who it is about";
    return "";
}

StepFailure refusal(const std::string& why) {
    return {"its ID token " + why, false, {}};
}

} // namespace

boost::asio::awaitable<StepResult<TokenSet>> checkIdToken(DpopClient& client, KeySets& keySets,
                                                          const Provider& provider, TokenSet tokens,
                                                          std::string nonce) {
    const Preset& preset = provider.preset();
    if (!preset.idToken)
        co_return tokens;
    const auto jws = Jws::parse(tokens.values["id_token"]);
    if (!jws)
        co_return refusal("is none");
    const IdTokenRules& rules = *preset.idToken;
    bool genuine = false, known = false;
    for (const auto look : {KeySets::Look::known, KeySets::Look::newer}) {
        if (genuine)
            break;
        const auto keys = co_await keySets.find(
            client, rules.jwksUrl, provider.reachOf(rules.jwksUrl), jws->keyId(), look);
        if (!keys)
            co_return keys.error();
        known = !keys->empty();
        genuine = std::any_of(keys->begin(), keys->end(),
                              [&](const Json& key) { return jws->verify(key, rules.algorithms); });
    }
    if (!genuine && !known) // its provider may be about to publish it
        co_return StepFailure{"its ID token is not signed with a key of its issuer", true, {}};
    if (!genuine)
        co_return refusal("is not signed with a key of its issuer");
    const Json& claims = jws->payload;
    if (const std::string fault = faultIn(claims, provider, nonce, tokens.obtained); !fault.empty())
        co_return refusal(fault);
    tokens.values.erase("id_token");
    tokens.values["sub"] = claims["sub"].str();
    if (preset.identity.from == IdentityFrom::idToken)
        putAccount(tokens.values, claims, preset.identity);
    co_return tokens;
}

} // namespace grantlink
