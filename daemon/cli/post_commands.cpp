// What was collected, as cards.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/relative_time.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/format.h>

namespace grantlink {

namespace {

constexpr std::size_t textLength = 280; // characters of a post's words

std::string whenOf(const Json& post, TimeMs now) {
    const Json published = post["published_at"];
    const std::string seen = relativeTime(post["seen_at"].str(), now);
    std::string out = published.isNull() ? "seen " + seen : relativeTime(published.str(), now);
    if (!post["deleted_at"].isNull())
        return out + ", deleted " + relativeTime(post["deleted_at"].str(), now);
    if (!post["updated_at"].isNull())
        out += ", edited " + relativeTime(post["updated_at"].str(), now);
    return out;
}

// A line each: whose and when, the words, the link. What a provider says cannot steer the terminal.
std::string card(const Session& session, const Json& post, TimeMs now) {
    const bool deleted = !post["deleted_at"].isNull();
    const std::string head = fmt::format("{} at {}", printable(post["account"].str()),
                                         printable(post["provider"].str()));
    const std::string words = printable(post["text"].str(), textLength);
    const Terminal& out = session.out;
    std::string card = fmt::format("{} {}\n", out.paint(deleted ? Style::grey : Style::bold, head),
                                   out.paint(Style::dim, "· " + whenOf(post, now)));
    if (!deleted)
        card += "  " + (words.empty() ? out.paint(Style::dim, "(no words)") : words) + "\n";
    for (const char* link : {"url", "media_url"})
        if (const std::string url = post[link].str(); !url.empty()) {
            card += "  " + out.paint(Style::dim, printable(url, 4096)) + "\n";
            break;
        }
    return card;
}

} // namespace

void postsCommand(const Session& session, const PostsOptions& options) {
    const std::string path =
        options.name.empty()
            ? "/v1/posts"
            : "/v1/connections/" + connectionId(session.daemon, options.name) + "/posts";
    const ApiReply reply = session.daemon.get(path, {{"limit", std::to_string(options.limit)}});
    if (session.json) {
        print(reply.body);
        return;
    }
    const Json posts = reply.json["posts"];
    if (posts.size() == 0)
        advise("No posts have been collected.");
    std::string out;
    for (std::size_t i = 0; i < posts.size(); ++i)
        out += (i ? "\n" : "") + card(session, posts.at(i), nowMs());
    if (!out.empty())
        print(out);
    if (!reply.json["next"].isNull())
        advise("\nThere are more: --limit shows up to 200.");
    if (const std::string trouble = reply.json["trouble"].str(); !trouble.empty())
        advise(fmt::format("\nThe last poll failed: {}", printable(trouble)));
}

} // namespace grantlink
