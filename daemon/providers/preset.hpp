// A provider described as data: one TOML file, docs/providers.md describes every key.
//
// Whatever differs between providers belongs here and not into code. Texts may hold placeholders,
// see placeholders.hpp; pointers are JSON Pointers (RFC 6901), see answer.hpp.
//
// Errors: a message with file, line and remedy.
#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace grantlink {

struct PresetError {
    std::string message;
};

using Pointers = std::vector<std::string>;
using Parameters = std::map<std::string, std::string>;

// How the client says who it is (RFC 6749, section 2.3).
enum class ClientAuth {
    clientSecretPost,  // section 2.3.1: in the body
    clientSecretBasic, // the same section: HTTP Basic
    privateKeyJwt,     // RFC 7523, section 2.2: an assertion signed with the client's key
    none,              // a public client: client_id only
};

enum class ParametersIn { query, form, json };
enum class TokenIn { nowhere, header, query }; // RFC 6750, sections 2.1 and 2.3

// What an answer says at one of some places. Without any it is not looked at.
struct AnswerRule {
    Pointers pointers;
    std::vector<std::string> is;
};

// What can be said of each request. What the standards have in it, `omit` takes out, `rename`
// calls by another name, and `parameters` adds to or replaces.
struct RequestTemplate {
    std::string table; // of the preset: "token"
    std::string method, url;
    ParametersIn parametersIn = ParametersIn::form;
    Parameters parameters, headers, rename;
    std::vector<std::string> omit;
    std::vector<std::string> integers;    // parameters that are numbers in JSON, and no texts
    std::optional<ClientAuth> clientAuth; // nothing: the client does not authenticate
    TokenIn tokenIn = TokenIn::nowhere;
    bool showsToken = false; // there, or in the URL, a header or a parameter
    AnswerRule success;      // some providers put their errors in an answer of status 2xx
    AnswerRule dead;         // the error that says that the approval is gone; see isDead()
    Pointers error;          // where an answer says what is wrong
};

// RFC 7636. S256 is sent always; where the issuer's metadata say that it is supported; never.
enum class Pkce { required, ifSupported, unsupported };

struct AuthorizeStep {
    std::string url;
    std::vector<std::string> scopes;
    std::string scopeSeparator;
    Pkce pkce = Pkce::required;
    bool nonce = false; // OpenID Connect
    std::string issuer; // RFC 9207: what `iss` must be
    bool issExpected = false;
    std::vector<std::string> declined; // the error codes with which somebody says no
    Parameters parameters, rename;
};

// RFC 9126: the authorization request is sent ahead, by the client itself.
struct PushStep {
    RequestTemplate request;
};

struct TokenStep {
    RequestTemplate request;
    Pointers accessToken, refreshToken, expiresIn, expiresAt, scope;
    std::vector<std::string> types;       // whose tokens are sent as Bearer, in lower case
    std::chrono::seconds lifetime{0};     // when the answer does not say; 0: unknown
    std::map<std::string, Pointers> keep; // what later requests need of the answer, by placeholder
    std::vector<std::string> hosts; // that URLs among these may lead to; ".x.org": all below x.org
};

// A second request that turns the first token into a longer-lived one.
struct UpgradeStep {
    RequestTemplate request;
    std::chrono::seconds lifetime{0}; // of the new token when the answer does not say
};

// RFC 6749, section 6, or what the provider has instead.
struct RefreshStep {
    RequestTemplate request;
    std::chrono::seconds lifetime{0}, minAge{0}; // minAge: of the token that is to be refreshed
    bool rotates = false; // the old refresh token is dead once a new one was issued
};

enum class IdentityFrom { request, tokenAnswer, idToken };

struct IdentityStep {
    IdentityFrom from = IdentityFrom::request;
    RequestTemplate request;
    std::string items; // pointer to a list of accounts, of which one is meant; "": it is one
    Pointers id, handle, name, picture;
    Pointers accessToken; // of the account that was chosen; empty: the approver's is its own
};

// How the ID token of OpenID Connect is checked (OpenID Connect Core, section 3.1.3.7).
struct IdTokenRules {
    std::string issuer, jwksUrl;
    std::vector<std::string> algorithms; // RFC 7518, section 3.1
};

struct RevokeStep {
    RequestTemplate request;  // RFC 7009, or what the provider has instead
    bool accessToken = false; // to be sent even if there is a refresh token
};

// The account's content.
struct FeedStep {
    RequestTemplate request;
    std::string items;
    Pointers id, text, link, time, media;
    Pointers cursor, next;       // where the answer has the next page: a cursor, or its URL
    std::string cursorParameter; // what the cursor is sent as
    bool numbered = false;       // the cursor is the page's number, which no answer has
    bool linkHeader = false;     // the next page is in the Link header (RFC 8288)
};

// How a provider tells that requests run out, besides Retry-After.
struct RateLimit {
    std::string remaining, reset; // header names in lower case; "": it has none
    bool resetIsTime = false;     // the reset header has a Unix time, not seconds from now
};

// A part of the provider's URLs that is not the same for everyone: {tenant}.
struct TenantRule {
    bool isHost = false;  // else one DNS label
    std::string standard; // for an installation that names none; may be empty
    std::string example;
};

// How somebody who approved with the wrong account gets to the right one.
struct SwitchAccount {
    std::string url;                          // https; where one switches or signs out
    std::map<std::string, std::string> hints; // by BCP 47 tag: one sentence of plain text
};

struct HandleRules {
    bool stripAt = true;               // a leading @ is decoration
    bool lowercase = true;             // the provider does not tell case apart
    bool displayAt = true;             // people write it with @
    std::vector<std::string> prefixes; // what may stand before it, such as the URL of a profile
    std::string suffix;                // what may be left out behind it; may hold {tenant}
};

struct Preset {
    std::string id;         // the file's name without .toml
    std::string name;       // as people call it
    std::string docs;       // where the facts come from
    bool discovery = false; // endpoints that are not here are in the issuer's metadata
    bool dpop = false;      // tokens are bound to a key of ours (RFC 9449)
    std::optional<TenantRule> tenant;
    AuthorizeStep authorize;
    std::optional<PushStep> push;
    TokenStep token;
    std::optional<UpgradeStep> upgrade;
    std::optional<RefreshStep> refresh;
    std::optional<IdTokenRules> idToken;
    IdentityStep identity;
    std::optional<RevokeStep> revoke;
    std::optional<FeedStep> feed;
    RateLimit rateLimit;
    std::optional<SwitchAccount> switchAccount;
    HandleRules handle;
};

// The push of a preset that says nothing of it: a form, authenticated as the token request is.
PushStep standardPush(const Preset& preset);

// All of them but the authorization request, in the order in which a flow has them. They point
// into the preset.
std::vector<const RequestTemplate*> requestsOf(const Preset& preset);

// The preset in a file whose name is the preset's with .toml.
boost::system::result<Preset, PresetError> readPreset(const std::string& path);

boost::system::result<Preset, PresetError> loadPreset(const std::string& directory,
                                                      const std::string& id);

} // namespace grantlink
