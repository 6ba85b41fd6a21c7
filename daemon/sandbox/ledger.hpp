// What the sandbox has issued: authorization codes and tokens, and what became of them.
//
// All codes begin with "AQSANDBOXCODE" and all tokens with "IGAASANDBOXTOKEN", whatever the shape,
// so that one search through logs and files can prove that none has leaked.
#pragma once

#include "daemon/sandbox/accounts.hpp"
#include "daemon/sandbox/clock.hpp"
#include "daemon/sandbox/refusal.hpp"
#include "daemon/sandbox/settings.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace grantlink::sandbox {

struct Grant {
    const Account* account = nullptr;
    std::string clientId;
    std::string redirectUri;
    std::string scope;     // as the client sent it
    std::string challenge; // PKCE's, by S256; "": there is none
};

// What tokens stand for: that somebody said yes, once.
struct Approval {
    const Account* account = nullptr;
    std::string scope;
    std::string code; // all tokens that go back to one code are a family
};

enum class TokenKind { shortLived, longLived, page, refresh };

struct Token : Approval {
    std::string value;
    TokenKind kind = TokenKind::shortLived;
    std::string page; // whose it is, with TokenKind::page
    Time issued;
    Time expires;
    bool killed = false;
};

enum class Revocable { accessTokens, allTokens }; // which tokens a revocation can be asked for

std::int64_t lifetimeOf(const Token& token); // all of it, in seconds

class Ledger {
  public:
    Ledger(const Settings& settings, const Clock& clock) : settings_(settings), clock_(clock) {}

    std::string issueCode(const Grant& grant);

    // A code works once. The second use is refused and kills every token that goes back to the
    // first (RFC 6749, section 4.1.2). A verifier must be there where a challenge was, and only
    // there (RFC 9700, section 2.1.1).
    Result<Approval> redeem(const std::string& code, const std::string& clientId,
                            const std::string& redirectUri, const std::string& verifier);

    // A refresh token works once, too; the second use kills its family (RFC 9700, section 4.14.2).
    Result<Approval> redeemRefreshToken(const std::string& value);

    Token issue(TokenKind kind, const Approval& approval, const std::string& page = {});

    // An access token, or nullptr: never issued. A dead one is found too; ask alive().
    const Token* find(const std::string& value) const;
    bool alive(const Token& token) const;

    std::vector<Token> live() const;
    std::size_t kill(const Account& account); // all tokens of an account; how many lived

    // All that goes back to the same code as this token; false: it is no living token of these.
    bool revoke(const std::string& value, Revocable which = Revocable::accessTokens);

  private:
    struct Code {
        Grant grant;
        Time expires;
        bool used = false;
    };

    std::chrono::seconds lifetime(TokenKind kind) const;
    void killFamily(const std::string& code);

    const Settings& settings_;
    const Clock& clock_;
    std::unordered_map<std::string, Code> codes_;
    std::unordered_map<std::string, Token> tokens_;
};

} // namespace grantlink::sandbox
