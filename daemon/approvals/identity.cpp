#include "daemon/approvals/identity.hpp"

namespace grantlink {

namespace {

HttpRequest identityRequest(const Provider& provider, const TokenSet& tokens) {
    const IdentityStep& step = provider.preset().identity;
    const std::string token(textOf(tokens.accessToken));
    Headers query = provider.fill(step.parameters, token);
    HttpRequest out;
    out.headers = {{"Accept", "application/json"}};
    if (step.tokenInQuery)
        query.emplace_back("access_token", token);
    else
        out.headers.emplace_back("Authorization", "Bearer " + token);
    out.url = step.url;
    if (!query.empty())
        out.url += (step.url.find('?') == std::string::npos ? "?" : "&") + formEncode(query);
    return out;
}

} // namespace

boost::asio::awaitable<StepResult<ApprovedAccount>>
fetchIdentity(HttpClient& http, const Provider& provider, const TokenSet& tokens) {
    const HttpResult result = co_await http.fetch(identityRequest(provider, tokens));
    if (!result)
        co_return failureOf(result.error(), Repeatable::yes);
    const Json answer = Json::parse(result->body);
    if (result->status < 200 || result->status > 299)
        co_return failureOf(
            *result,
            without(findText(answer, provider.preset().token.error), {textOf(tokens.accessToken)}),
            Repeatable::yes);
    const IdentityStep& step = provider.preset().identity;
    ApprovedAccount out{findText(answer, step.id), findText(answer, step.handle),
                        findText(answer, step.name)};
    if (out.id.empty() || out.handle.empty())
        co_return StepFailure{"the identity endpoint did not say which account it is", false, {}};
    constexpr std::size_t longest = 512; // bytes
    if (out.id.size() > longest || out.handle.size() > longest || out.name.size() > longest)
        co_return StepFailure{"the identity endpoint's answer is too long", false, {}};
    co_return out;
}

bool isWantedAccount(const Connection& connection, const Provider& provider,
                     const ApprovedAccount& approved) {
    if (connection.approved)
        return connection.approved->id == approved.id;
    return connection.account.empty() ||
           provider.normalise(connection.account) == provider.normalise(approved.handle);
}

} // namespace grantlink
