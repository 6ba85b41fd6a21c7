// A provider described as data: one TOML file, docs/providers.md describes every key.
//
// Whatever differs between providers belongs here and not into code. Pointers are JSON Pointers
// (RFC 6901) into a provider's answer; where several are given, the first that finds something
// wins. Errors: a message with file, line and remedy.
#pragma once

#include "daemon/json/json.hpp"

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

// The value under the first pointer that finds a text or an integer; "" when none does.
std::string findText(const Json& answer, const Pointers& pointers);

// The same for a list of words, which may be a text or an array of texts: divided by blanks.
std::string findWords(const Json& answer, const Pointers& pointers);

enum class ClientAuth {
    clientSecretPost,  // RFC 6749, section 2.3.1: in the body
    clientSecretBasic, // the same section: HTTP Basic
    none,              // a public client: client_id only
};

struct AuthorizeStep {
    std::string url;
    std::vector<std::string> scopes;
    std::string scopeSeparator;
    bool pkce = true;   // S256; false where the provider does not know it
    bool nonce = false; // OpenID Connect
    std::string issuer; // RFC 9207: what `iss` must be
    bool issExpected = false;
    Parameters parameters;
};

struct TokenStep {
    std::string url;
    ClientAuth clientAuth = ClientAuth::clientSecretBasic;
    Parameters parameters;
    Pointers accessToken, refreshToken, expiresIn, scope, error;
    std::chrono::seconds lifetime{0}; // when the answer does not say; 0: unknown
};

// A second request that turns the first token into a longer-lived one.
struct UpgradeStep {
    std::string method, url;
    Parameters parameters;            // may hold {access_token}, {client_id}, {client_secret}
    std::chrono::seconds lifetime{0}; // of the new token when the answer does not say
};

struct IdentityStep {
    std::string url;
    Parameters parameters;
    bool tokenInQuery = false; // else `Authorization: Bearer` (RFC 6750, section 2.1)
    Pointers id, handle, name;
};

struct RevokeStep {
    std::string url; // RFC 7009
};

// How somebody who approved with the wrong account gets to the right one.
struct SwitchAccount {
    std::string url;                          // https; where one switches or signs out
    std::map<std::string, std::string> hints; // by BCP 47 tag: one sentence of plain text
};

struct HandleRules {
    bool stripAt = true;   // a leading @ is decoration
    bool lowercase = true; // the provider does not tell case apart
    bool displayAt = true; // people write it with @
};

struct Preset {
    std::string id;   // the file's name without .toml
    std::string name; // as people call it
    AuthorizeStep authorize;
    TokenStep token;
    std::optional<UpgradeStep> upgrade;
    IdentityStep identity;
    std::optional<RevokeStep> revoke;
    std::optional<SwitchAccount> switchAccount;
    HandleRules handle;
};

boost::system::result<Preset, PresetError> loadPreset(const std::string& directory,
                                                      const std::string& id);

} // namespace grantlink
