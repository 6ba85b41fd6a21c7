#include "daemon/oauth/ask.hpp"

#include "daemon/oauth/shown.hpp"
#include "daemon/providers/answer.hpp"

namespace grantlink {

boost::asio::awaitable<StepResult<Answer>> ask(DpopClient& client, const Provider& provider,
                                               const RequestTemplate& preset, HttpRequest request,
                                               SecretBytes dpopKey, Repeatable repeatable) {
    Headers secrets = request.secrets;
    if (const auto renew = request.renew)
        request.renew = [renew, &secrets](HttpRequest& again) {
            renew(again);
            secrets.insert(secrets.end(), again.secrets.begin(), again.secrets.end());
        };
    HttpResult result = co_await client.send(std::move(request), std::move(dpopKey));
    if (!result)
        co_return failureOf(result.error(), repeatable);
    const Json answer = Json::parse(result->body);
    const bool accepted = result->status >= 200 && result->status <= 299;
    if (accepted && succeeded(answer, preset.success))
        co_return Answer{answer, std::move(*result), std::move(secrets)};
    std::string said = without(findText(answer, preset.error), secrets);
    if (accepted && said.empty())
        said = "the " + preset.table + " endpoint answered with an error";
    StepFailure failure = failureOf(*result, said, provider.preset().rateLimit, repeatable);
    failure.unsure = failure.unsure || (accepted && answer.isNull());
    failure.dead = isDead(result->status, answer, preset) && !refusesProof(*result);
    failure.mayRetry = failure.mayRetry && !failure.dead;
    co_return failure;
}

} // namespace grantlink
