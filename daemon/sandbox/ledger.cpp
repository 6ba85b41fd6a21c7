#include "daemon/sandbox/ledger.hpp"

#include "daemon/sandbox/random.hpp"

#include <algorithm>

namespace grantlink::sandbox {

std::string Ledger::issueCode(const Grant& grant) {
    const std::string code = "AQSANDBOXCODE" + randomText(100);
    codes_[code] = Code{grant, clock_.now() + settings_.codeLifetime, false};
    return code;
}

Ledger::Redeemed Ledger::redeem(const std::string& value, const std::string& clientId,
                                const std::string& redirectUri) {
    const auto found = codes_.find(value);
    if (found == codes_.end())
        return CodeFault::unknown;
    Code& code = found->second;
    if (code.grant.clientId != clientId)
        return CodeFault::otherClient;
    if (code.used) {
        killFamily(value);
        return CodeFault::used;
    }
    if (clock_.now() >= code.expires)
        return CodeFault::expired;
    if (code.grant.redirectUri != redirectUri)
        return CodeFault::otherRedirectUri;
    code.used = true;
    return issueToken(TokenKind::shortLived, code.grant.account, code.grant.scope, value);
}

void Ledger::giveTo(const Account& account, Token& token) {
    token.account = &account;
    tokens_[token.value] = token;
}

Token Ledger::upgrade(const Token& token) {
    return issueToken(TokenKind::longLived, token.account, token.scope, token.code);
}

const Token* Ledger::find(const std::string& value) const {
    const auto found = tokens_.find(value);
    return found == tokens_.end() ? nullptr : &found->second;
}

bool Ledger::alive(const Token& token) const {
    return !token.killed && clock_.now() < token.expires;
}

std::vector<Token> Ledger::live() const {
    std::vector<Token> out;
    for (const auto& [value, token] : tokens_)
        if (alive(token))
            out.push_back(token);
    std::sort(out.begin(), out.end(),
              [](const Token& a, const Token& b) { return a.issued < b.issued; });
    return out;
}

std::size_t Ledger::kill(const Account& account) {
    std::size_t killed = 0;
    for (auto& [value, token] : tokens_) {
        if (token.account != &account || !alive(token))
            continue;
        token.killed = true;
        ++killed;
    }
    return killed;
}

Token Ledger::issueToken(TokenKind kind, const Account* account, const std::string& scope,
                         const std::string& code) {
    Token token;
    token.value = "IGAASANDBOXTOKEN" + randomText(kind == TokenKind::longLived ? 180 : 140);
    token.kind = kind;
    token.account = account;
    token.scope = scope;
    token.code = code;
    token.issued = clock_.now();
    token.expires = token.issued + (kind == TokenKind::longLived ? settings_.longLifetime
                                                                 : settings_.shortLifetime);
    tokens_[token.value] = token;
    return token;
}

void Ledger::killFamily(const std::string& code) {
    for (auto& [value, token] : tokens_)
        if (token.code == code)
            token.killed = true;
}

} // namespace grantlink::sandbox
