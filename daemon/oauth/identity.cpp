#include "daemon/oauth/identity.hpp"

#include "daemon/oauth/ask.hpp"
#include "daemon/oauth/request.hpp"
#include "daemon/providers/answer.hpp"
#include "daemon/text/names.hpp"

namespace grantlink {

namespace {

constexpr std::size_t longest = 512; // bytes, of id, handle and name
constexpr std::size_t longestUrl = 2048;

// A connection is worth having without a picture, so an odd one is no failure.
std::string pictureIn(const Json& answer, const IdentityStep& step) {
    std::string url = findText(answer, step.picture);
    const bool usable = url.starts_with("https://") || url.starts_with("http://");
    return usable && isOneLine(url, longestUrl) ? url : std::string();
}

StepResult<ApprovedAccount> checked(ApprovedAccount account) {
    if (account.id.empty() || account.handle.empty())
        return StepFailure{"the identity endpoint did not say which account it is", false, {}};
    if (account.id.size() > longest || account.handle.size() > longest ||
        account.name.size() > longest)
        return StepFailure{"the identity endpoint's answer is too long", false, {}};
    return account;
}

ApprovedAccount accountIn(const Json& answer, const IdentityStep& step) {
    return {findText(answer, step.id), findText(answer, step.handle), findText(answer, step.name),
            pictureIn(answer, step)};
}

// The one of several accounts that is meant: the wanted one, or the only one.
StepResult<Json> chosen(const Json& items, const Provider& provider, const WantedAccount& wanted) {
    const IdentityStep& step = provider.preset().identity;
    if (!items.isArray() || items.size() == 0)
        return StepFailure{"the approver has no such account there", false, {}};
    if (wanted.any() && items.size() > 1)
        return StepFailure{
            "the approver has several accounts there; ask for one of them by its handle",
            false,
            {}};
    for (std::size_t i = 0; i < items.size(); ++i)
        if (wanted.is(accountIn(items.at(i), step), provider))
            return items.at(i);
    return items.at(0); // not the wanted one: its name is what the page shows
}

StepResult<Identity> identityOf(const Json& answer, const Provider& provider, TokenSet tokens,
                                const WantedAccount& wanted) {
    const IdentityStep& step = provider.preset().identity;
    StepResult<Json> item(answer);
    if (!step.items.empty())
        item = chosen(answer.pointer(step.items), provider, wanted);
    if (!item)
        return item.error();
    // OpenID Connect Core, section 5.3.2: the answer must be about whom the ID token is about.
    const auto subject = tokens.values.find("sub");
    const std::string spoken = findText(answer, {"/sub"});
    if (subject != tokens.values.end() && !spoken.empty() && spoken != subject->second)
        return StepFailure{
            "the identity endpoint spoke of somebody else than the ID token", false, {}};
    auto account = checked(accountIn(*item, step));
    if (!account)
        return account.error();
    if (const std::string own = findText(*item, step.accessToken); !own.empty()) {
        tokens.accessToken = secretCopy(own);
        tokens.refreshToken.clear(); // it is the approver's, and so is what is known of the expiry
        tokens.expires = 0;
    }
    tokens.values["account_id"] = account->id;
    tokens.values["handle"] = account->handle;
    return Identity{std::move(*account), std::move(tokens)};
}

// Said by the token endpoint.
StepResult<Identity> identityKept(TokenSet tokens) {
    auto account = checked({tokens.values["account_id"], tokens.values["handle"],
                            tokens.values["display_name"], std::string()});
    if (!account)
        return account.error();
    return Identity{std::move(*account), std::move(tokens)};
}

} // namespace

WantedAccount WantedAccount::of(const Connection& connection, const Provider& provider) {
    return {connection.approved ? connection.approved->id : std::string(),
            provider.normalise(connection.account)};
}

bool WantedAccount::is(const ApprovedAccount& account, const Provider& provider) const {
    if (!id.empty())
        return id == account.id;
    return handle.empty() || handle == provider.normalise(account.handle);
}

boost::asio::awaitable<StepResult<Identity>>
fetchIdentity(DpopClient& client, const Provider& provider, TokenSet tokens, WantedAccount wanted) {
    const Preset& preset = provider.preset();
    const RequestTemplate& request = preset.identity.request;
    if (preset.identity.from != IdentityFrom::request)
        co_return identityKept(std::move(tokens));
    HttpRequest composed = compose(provider, request, valuesOf(provider, tokens), {});
    const auto answer = co_await ask(client, provider, request, std::move(composed), tokens.dpopKey,
                                     Repeatable::yes);
    if (!answer)
        co_return answer.error();
    co_return identityOf(answer->json, provider, std::move(tokens), wanted);
}

} // namespace grantlink
