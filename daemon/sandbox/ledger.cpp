#include "daemon/sandbox/ledger.hpp"

#include "daemon/sandbox/random.hpp"

#include <algorithm>

namespace grantlink::sandbox {

std::int64_t lifetimeOf(const Token& token) {
    return unixSeconds(token.expires) - unixSeconds(token.issued);
}

std::string Ledger::issueCode(const Grant& grant) {
    const std::string code = "AQSANDBOXCODE" + randomText(100);
    codes_[code] = Code{grant, clock_.now() + settings_.lifetimes.code, false};
    return code;
}

Result<Approval> Ledger::redeem(const std::string& value, const std::string& clientId,
                                const std::string& redirectUri, const std::string& verifier) {
    const auto found = codes_.find(value);
    if (found == codes_.end() || found->second.grant.clientId != clientId)
        return Refused{Refusal::unknownCode};
    Code& code = found->second;
    const Grant& grant = code.grant;
    if (code.used) {
        killFamily(value);
        return Refused{Refusal::usedCode};
    }
    if (clock_.now() >= code.expires)
        return Refused{Refusal::expiredCode};
    if (grant.redirectUri != redirectUri)
        return Refused{Refusal::otherRedirectUri};
    if (grant.challenge != (verifier.empty() ? "" : challengeOf(verifier)))
        return Refused{Refusal::wrongVerifier};
    code.used = true;
    return Approval{grant.account, grant.scope, value};
}

Result<Approval> Ledger::redeemRefreshToken(const std::string& value) {
    const auto found = tokens_.find(value);
    if (found == tokens_.end() || found->second.kind != TokenKind::refresh)
        return Refused{Refusal::wrongRefreshToken};
    Token& token = found->second;
    if (token.killed) // by its first use, or with all its family
        killFamily(token.code);
    if (!alive(token))
        return Refused{Refusal::wrongRefreshToken};
    token.killed = true;
    return Approval(token);
}

Token Ledger::issue(TokenKind kind, const Approval& approval, const std::string& page) {
    Token token;
    static_cast<Approval&>(token) = approval;
    token.value = "IGAASANDBOXTOKEN" + randomText(kind == TokenKind::shortLived ? 140 : 180);
    token.kind = kind;
    token.page = page;
    token.issued = clock_.now();
    token.expires = token.issued + lifetime(kind);
    tokens_[token.value] = token;
    return token;
}

const Token* Ledger::find(const std::string& value) const {
    const auto found = tokens_.find(value);
    return found == tokens_.end() || found->second.kind == TokenKind::refresh ? nullptr
                                                                              : &found->second;
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

bool Ledger::revoke(const std::string& value, Revocable which) {
    const auto found = tokens_.find(value);
    if (found == tokens_.end() || !alive(found->second))
        return false;
    if (found->second.kind == TokenKind::refresh && which != Revocable::allTokens)
        return false;
    killFamily(found->second.code);
    return true;
}

std::chrono::seconds Ledger::lifetime(TokenKind kind) const {
    switch (kind) {
    case TokenKind::shortLived:
        return settings_.lifetimes.shortLived;
    case TokenKind::longLived:
        return settings_.lastingTokens ? forEver : settings_.lifetimes.longLived;
    case TokenKind::refresh:
        return settings_.lifetimes.refresh;
    case TokenKind::page:
        break;
    }
    return forEver;
}

void Ledger::killFamily(const std::string& code) {
    for (auto& [value, token] : tokens_)
        if (token.code == code)
            token.killed = true;
}

} // namespace grantlink::sandbox
