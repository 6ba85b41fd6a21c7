#include "daemon/collect/keep_posts.hpp"

#include <sodium.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace grantlink {

namespace {

constexpr TimeMs fortnight = TimeMs{14} * 24 * 3600 * 1000;
constexpr std::size_t mostPinned = 3;

// As much of the text as fits, without the half of a character.
std::string cut(const std::string& text, std::size_t most) {
    std::size_t end = std::min(text.size(), most);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end);
}

// Links are clicked: no javascript:, no data:.
std::string webLink(const std::string& url) {
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    const bool clean =
        std::none_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' '; });
    return web && clean && url.size() <= maxPostField ? url : "";
}

PostHash hashOf(const Post& post) {
    PostHash out;
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, out.size());
    for (const std::string* part : {&post.text, &post.link}) {
        const std::string size = std::to_string(part->size()) + ":";
        crypto_generichash_update(&state, bytesOf(size).data(), size.size());
        crypto_generichash_update(&state, bytesOf(*part).data(), part->size());
    }
    crypto_generichash_final(&state, out.data(), out.size());
    return out;
}

void setContent(StoredPost& kept, const Post& post) {
    kept.text = cut(post.text, maxPostText);
    kept.link = webLink(post.link);
    kept.media = webLink(post.media);
    kept.hash = hashOf(post);
}

StoredPost newPost(const Uuid& connection, const Post& post, TimeMs now) {
    StoredPost out;
    out.connection = connection;
    out.id = post.id;
    out.timeIsKnown = post.time != 0;
    out.time = out.timeIsKnown ? std::min(post.time, now) : now;
    out.seen = now;
    setContent(out, post);
    return out;
}

// Those that are not wanted would be forgotten at once, and be new again the next time.
bool isWanted(const StoredPost& post, const PostLimits& limits, const PostStock& stock) {
    return post.time >= limits.before && (stock.count < limits.most || post.time > stock.oldest);
}

class Keeping {
  public:
    Keeping(VaultWriter& vault, const Uuid& connection, const PostLimits& limits, bool copies,
            TimeMs now)
        : vault_(vault), connection_(connection), limits_(limits), copies_(copies), now_(now),
          before_(vault.postStock(connection)) {}

    void keep(const Post& post) {
        if (!seen_.insert(post.id).second || post.id.size() > maxPostField)
            return;
        if (auto known = vault_.post(connection_, post.id))
            return compare(*known, post);
        StoredPost made = newPost(connection_, post, now_);
        if (!isWanted(made, limits_, before_))
            return;
        const bool isNew = !vault_.knowsPost(connection_, post.id); // else its key is gone
        wantCopy(made, true);
        made.number = vault_.putPost(made);
        if (isNew)
            changes.created.push_back(std::move(made));
    }

    // Those since then that were not seen.
    void noticeDeletions(TimeMs since) {
        PostQuery query{connection_, 200, {}, since};
        do {
            const PostPage page = vault_.posts(query);
            for (const StoredPost& post : page.posts)
                if (post.timeIsKnown && !post.deleted && !seen_.contains(post.id))
                    remove(post);
            query.after = page.next;
        } while (query.after);
    }

    PostChanges changes;

  private:
    void compare(StoredPost& kept, const Post& post) {
        const bool same = kept.hash == hashOf(post) && !kept.deleted;
        const bool moved = kept.media != webLink(post.media);
        setContent(kept, post);
        if (kept.media.empty() && (!same || kept.copy.state == CopyState::wanted))
            kept.copy = {}; // its author took it out; or there is no address to copy from
        const bool wanted = wantCopy(kept, moved);
        if (same && !moved && !wanted)
            return;
        kept.deleted = 0;
        if (!same)
            kept.updated = now_;
        vault_.putPost(kept);
        if (!same)
            changes.edited.push_back(kept);
    }

    // Whether that has changed what there is to copy. `moved`: the address is another one. There is
    // one copy of a post: what an address leads to cannot be compared without fetching it.
    bool wantCopy(StoredPost& post, bool moved) const {
        MediaCopy& copy = post.copy;
        const bool anew =
            copy.state == CopyState::none || (copy.state == CopyState::stale && moved);
        if (!copies_ || post.media.empty() || !anew)
            return false;
        copy.state = CopyState::wanted;
        return true;
    }

    // Whoever deletes a post does not want it to be kept elsewhere.
    void remove(StoredPost post) {
        post.text.clear();
        post.link.clear();
        post.media.clear();
        post.copy = {};
        post.deleted = post.updated = now_;
        vault_.putPost(post);
        changes.deleted.push_back(std::move(post));
    }

    VaultWriter& vault_;
    const Uuid& connection_;
    const PostLimits& limits_;
    bool copies_;
    TimeMs now_;
    PostStock before_;
    std::set<std::string> seen_;
};

} // namespace

PostLimits postLimits(const ContentConfig& config, TimeMs now) {
    const TimeMs age = inMs(config.retention);
    return {now > age ? now - age : 0, config.maxPosts};
}

// The oldest first, so that the order in which posts were seen is that in which they were
// published.
PostChanges keepPosts(VaultWriter& vault, const Uuid& connection, const FeedReading& reading,
                      const ContentConfig& config, bool copies, TimeMs now) {
    const PostLimits limits = postLimits(config, now);
    Keeping keeping(vault, connection, limits, copies, now);
    keeping.changes.first = vault.collecting(connection).since == 0;
    const std::size_t count = std::min(reading.posts.size(), config.maxPosts);
    for (std::size_t i = count; i-- > 0;)
        keeping.keep(reading.posts[i]);
    const bool whole = count == reading.posts.size();
    if (const auto since = coveredFrom(reading, now); since && whole)
        keeping.noticeDeletions(*since);
    vault.prunePosts(connection, limits, config.maxPosts);
    return std::move(keeping.changes);
}

std::optional<TimeMs> coveredFrom(const FeedReading& reading, TimeMs now) {
    const std::vector<Post>& posts = reading.posts;
    const TimeMs recently = now > fortnight ? now - fortnight : 0;
    if (posts.empty())
        return reading.toItsEnd ? std::optional(recently) : std::nullopt;
    if (std::any_of(posts.begin(), posts.end(), [](const Post& post) { return post.time == 0; }))
        return std::nullopt;
    std::size_t ordered = posts.size() - 1; // from here to the end
    while (ordered > 0 && posts[ordered - 1].time >= posts[ordered].time)
        --ordered;
    if (ordered > mostPinned || (ordered > 0 && ordered + 1 == posts.size()))
        return std::nullopt;
    // Others may have been published in the same second as the last.
    return reading.toItsEnd ? std::min(posts.back().time, recently) : posts.back().time + 1;
}

} // namespace grantlink
