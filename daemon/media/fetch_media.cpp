#include "daemon/media/fetch_media.hpp"

#include "daemon/media/media_sink.hpp"
#include "daemon/net/url.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/text/origin.hpp"

#include <memory>

namespace grantlink {

namespace {

constexpr int mostRedirects = 3;
constexpr std::chrono::minutes longest(5); // of all requests together

bool isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What a status says that is neither 200 nor a redirect.
Fetched refusalOf(const HttpResponse& response) {
    const StepFailure failure = failureOf(response, "", {}, Repeatable::yes);
    const bool gone = response.status / 100 == 4 && !failure.turnedAway;
    return {failure.turnedAway ? Copied::turnedAway
            : gone             ? Copied::gone
                               : Copied::failed,
            {},
            failure.pause(),
            failure.message};
}

Fetched failureOf(const HttpError& error) {
    const Copied how = error.refused    ? Copied::refused
                       : error.tooLarge ? Copied::tooLarge
                                        : Copied::failed;
    return {how, {}, {}, error.message, error.tooSlow};
}

boost::asio::awaitable<Fetched> receive(const HttpResult& result, MediaSink& sink) {
    if (!result && !sink.isOther()) {
        sink.throwFailure();
        co_return failureOf(result.error());
    }
    if (result && result->status != 200)
        co_return refusalOf(*result);
    std::optional<MediaFile> file;
    if (result)
        file = co_await sink.end();
    if (!file)
        co_return Fetched{Copied::notMedia, {}, {}, "it is neither a picture nor a video"};
    co_return Fetched{Copied::done, std::move(*file), {}, ""};
}

} // namespace

std::string redirectTarget(const std::string& from, const std::string& location) {
    Url url(from);
    const bool leads = url && !location.empty() && url.follow(location);
    return leads ? url.part(CURLUPART_URL) : "";
}

boost::asio::awaitable<Fetched> fetchMedia(MediaHost host, const Provider& provider,
                                           std::string url, std::uint64_t most) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + longest;
    Reach reach = provider.reachOf(url);
    for (int redirects = 0; redirects <= mostRedirects; ++redirects) {
        const auto sink =
            std::make_shared<MediaSink>(host.loop, host.files, host.stop, host.keepFree);
        HttpRequest request;
        request.reach = reach;
        request.url = url;
        request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        request.maxBody = most;
        request.sink = sink.get();
        const HttpResult result = co_await host.http.fetch(std::move(request));
        if (!result || !isRedirect(result->status))
            co_return co_await receive(result, *sink);
        const std::string next = redirectTarget(url, std::string(result->header("location")));
        if (originOf(next) != originOf(url)) // what the operator has named is not led on from
            reach = Reach::publicHttps;
        url = next;
    }
    co_return Fetched{Copied::failed, {}, {}, "it is redirected again and again"};
}

} // namespace grantlink
