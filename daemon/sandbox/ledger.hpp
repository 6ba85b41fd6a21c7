// What the sandbox has issued: authorization codes and access tokens, and what became of them.
//
// All codes begin with "AQSANDBOXCODE" and all tokens with "IGAASANDBOXTOKEN", so that a search
// through logs and files can prove that none has leaked.
#pragma once

#include "daemon/sandbox/accounts.hpp"
#include "daemon/sandbox/clock.hpp"
#include "daemon/sandbox/settings.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <unordered_map>
#include <vector>

namespace grantlink::sandbox {

struct Grant {
    const Account* account = nullptr;
    std::string clientId;
    std::string redirectUri;
    std::string scope; // comma-separated
};

enum class TokenKind { shortLived, longLived };

struct Token {
    std::string value;
    TokenKind kind = TokenKind::shortLived;
    const Account* account = nullptr;
    std::string scope;
    std::string code; // the authorization code that it goes back to
    Time issued;
    Time expires;
    bool killed = false;
};

enum class CodeFault { unknown, used, expired, otherClient, otherRedirectUri };

class Ledger {
  public:
    Ledger(const Settings& settings, const Clock& clock) : settings_(settings), clock_(clock) {}

    std::string issueCode(const Grant& grant);

    // A code works once. The second use is refused and kills every token that goes back to the
    // first (RFC 6749, section 4.1.2).
    using Redeemed = boost::system::result<Token, CodeFault>;
    Redeemed redeem(const std::string& code, const std::string& clientId,
                    const std::string& redirectUri);

    void giveTo(const Account& account, Token& token); // a fault: somebody else's token

    Token upgrade(const Token& token); // to a long-lived one, which starts its life now

    // nullptr: never issued. A dead token is found too; ask alive().
    const Token* find(const std::string& value) const;
    bool alive(const Token& token) const;

    std::vector<Token> live() const;
    std::size_t kill(const Account& account); // all tokens of an account; how many lived

  private:
    struct Code {
        Grant grant;
        Time expires;
        bool used = false;
    };

    Token issueToken(TokenKind kind, const Account* account, const std::string& scope,
                     const std::string& code);
    void killFamily(const std::string& code);

    const Settings& settings_;
    const Clock& clock_;
    std::unordered_map<std::string, Code> codes_;
    std::unordered_map<std::string, Token> tokens_;
};

} // namespace grantlink::sandbox
