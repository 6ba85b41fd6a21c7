#include "daemon/collect/feed.hpp"

#include "daemon/collect/link_header.hpp"
#include "daemon/collect/timestamp.hpp"
#include "daemon/oauth/ask.hpp"
#include "daemon/oauth/request.hpp"
#include "daemon/providers/answer.hpp"
#include "daemon/text/origin.hpp"

namespace grantlink {

namespace {

constexpr std::size_t maxText = 64 * 1024; // bytes of a post's text
constexpr std::size_t maxField = 4096;     // … of anything else

std::string bounded(std::string text, std::size_t most) {
    return text.size() > most ? std::string() : text;
}

// Some write Unix time with a fraction.
std::string timeIn(const Json& item, const Pointers& pointers) {
    std::string out = findText(item, pointers);
    for (const std::string& pointer : pointers)
        if (const Json found = item.pointer(pointer); out.empty() && json_is_real(found.borrow()))
            out = found.dump();
    return out;
}

Post postIn(const Json& item, const FeedStep& feed) {
    Post out;
    out.id = bounded(findText(item, feed.id), maxField);
    out.text = findText(item, feed.text).substr(0, maxText);
    out.link = bounded(findText(item, feed.link), maxField);
    out.media = bounded(findText(item, feed.media), maxField);
    out.time = parseTimestamp(timeIn(item, feed.time)).value_or(0);
    return out;
}

// The next page's URL in full; "" when it leads elsewhere, or there is none.
std::string nextUrl(const std::string& said, const std::string& current) {
    const std::string origin(originOf(current));
    if (said.starts_with('/') && !said.starts_with("//"))
        return origin + said;
    return originOf(said) == origin ? bounded(said, maxField) : "";
}

FeedPlace nextOf(const Answer& answer, const FeedStep& feed, const std::string& current) {
    FeedPlace out;
    out.cursor = bounded(findText(answer.json, feed.cursor), maxField);
    if (!out.cursor.empty())
        return out;
    std::string url = findText(answer.json, feed.next);
    if (url.empty() && feed.linkHeader)
        url = nextInLinkHeader(answer.response.header("link"));
    if (!url.empty())
        out.url = nextUrl(url, current);
    return out;
}

// Pages count from 1, which need not be said, to one that is empty.
FeedPlace pageBehind(const FeedPlace& place) {
    FeedPlace out;
    out.cursor = std::to_string(place.isFirst() ? 2 : std::stoul(place.cursor) + 1);
    return out;
}

// The request for a page. A URL that an answer gave has all parameters, as a rule the token, too.
HttpRequest requestFor(const Provider& provider, const TokenSet& tokens, const FeedPlace& place) {
    const FeedStep& feed = *provider.preset().feed;
    Headers parameters;
    if (!place.cursor.empty())
        parameters.emplace_back(feed.cursorParameter, place.cursor);
    if (place.url.empty())
        return compose(provider, feed.request, valuesOf(provider, tokens), std::move(parameters));
    RequestTemplate next = feed.request;
    next.parameters.clear();
    if (place.url.find("access_token=") != std::string::npos)
        next.tokenIn = TokenIn::nowhere;
    next.url = "{next_page}"; // as it is: a value that begins a URL is one
    Values values = valuesOf(provider, tokens);
    values["next_page"] = place.url;
    HttpRequest out = compose(provider, next, values, {});
    out.reach = provider.reachOf(feed.request.url, out.url); // its origin is that of the first page
    return out;
}

} // namespace

boost::asio::awaitable<StepResult<FeedPage>> fetchFeedPage(DpopClient& client,
                                                           const Provider& provider,
                                                           const TokenSet& tokens,
                                                           FeedPlace place) {
    const FeedStep& feed = provider.preset().feed.value();
    HttpRequest request = requestFor(provider, tokens, place);
    const std::string url = request.url;
    const auto answer = co_await ask(client, provider, feed.request, std::move(request),
                                     tokens.dpopKey, Repeatable::yes);
    if (!answer)
        co_return answer.error();
    const Json items = answer->json.pointer(feed.items);
    if (!items.isArray())
        co_return StepFailure{"the feed endpoint answered without a list"};
    FeedPage out;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (Post post = postIn(items.at(i), feed); !post.id.empty())
            out.posts.push_back(std::move(post));
    out.exhausted = exhaustedFor(answer->response, provider.preset().rateLimit);
    if (!feed.numbered)
        out.next = nextOf(*answer, feed, url);
    else if (items.size() > 0)
        out.next = pageBehind(place);
    if (out.next.cursor == place.cursor && out.next.url == place.url)
        out.next = {}; // it would go on for ever
    co_return out;
}

} // namespace grantlink
