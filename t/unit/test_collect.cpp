// Collecting: when to poll, what was deleted, what is kept, and who waits for a rate limit.
#include "daemon/collect/keep_posts.hpp"
#include "daemon/collect/poll_plan.hpp"
#include "daemon/lifecycle/throttle.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/vault/lmdb_vault.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

using namespace grantlink;
using namespace std::chrono_literals;
using test::assertEqual;

namespace {

constexpr TimeMs now = 1'800'000'000'000, minute = 60'000, hour = 60 * minute, day = 24 * hour;

// Polls

TimeMs pauseAfter(const std::vector<TimeMs>& published, TimeMs since = now) {
    return nextPoll(published, since, {}, now) - now;
}

void thePaceIsTheAccounts(void**) {
    std::vector<TimeMs> daily;
    for (TimeMs i = 1; i <= 10; ++i)
        daily.push_back(now - i * day);
    for (int i = 0; i < 200; ++i) {
        assert_in_range(pauseAfter(daily), 3 * hour / 5 * 4, 3 * hour);
        assert_in_range(pauseAfter({now - minute, now - 2 * minute}), 5 * minute, 7 * minute);
        assert_in_range(pauseAfter({now - 3000 * day}), day / 5 * 4, day);
    }
}

void silenceSlowsDown(void**) {
    assert_in_range(pauseAfter({}), 5 * minute, 7 * minute);        // just connected
    assert_in_range(pauseAfter({}, now - day), 2 * hour, 3 * hour); // nothing for a day
    assert_in_range(pauseAfter({}, now - 30 * day), day / 5 * 4, day);
}

void pollsAreSpread(void**) {
    TimeMs first = ~TimeMs{0}, last = 0;
    for (int i = 0; i < 2000; ++i) {
        const TimeMs pause = pauseAfter({now - 8 * hour});
        first = std::min(first, pause);
        last = std::max(last, pause);
    }
    assert_in_range(first, 48 * minute, 49 * minute);
    assert_in_range(last, 59 * minute, 60 * minute);
}

void theOperatorHasBounds(void**) {
    const ContentConfig quick{.fastest = 1s, .slowest = 1s};
    assert_int_equal(nextPoll({now - day}, 0, quick, now), now + 1000);
}

void whatHasNoFeedCanWait(void**) {
    Preset preset;
    assert_in_range(firstPoll(preset, {}, now), now + hour, now + 2 * hour);
    preset.feed = FeedStep{};
    assert_int_equal(firstPoll(preset, {}, now), now);
    assert_in_range(firstPoll(preset, {.enabled = false}, now), now + hour, now + 2 * hour);
}

// Deletions

Post postAt(TimeMs time, const std::string& id = "") {
    return {id.empty() ? std::to_string(time) : id, "words", "https://example.com/", "", time};
}

std::optional<TimeMs> covered(const std::vector<TimeMs>& times, bool toItsEnd = false) {
    FeedReading reading;
    reading.toItsEnd = toItsEnd;
    for (const TimeMs time : times)
        reading.posts.push_back(postAt(time));
    return coveredFrom(reading, now);
}

void aReadingCoversItsTime(void**) {
    assert_int_equal(covered({now - 1, now - 2, now - 2, now - 9}).value(), now - 8);
    assert_int_equal(covered({now - 500, now - 1, now - 2, now - 9}).value(), now - 8); // pinned
    assert_false(covered({now - 9, now - 2}).has_value());
    assert_false(covered({now - 9, now - 8, now - 7, now - 6, now - 5, now - 6}).has_value());
    assert_false(covered({now - 1, 0}).has_value()); // no time
    assert_false(covered({}).has_value());
    assert_int_equal(covered({}, true).value(), now - 14 * day);
    assert_int_equal(covered({now - 1}, true).value(), now - 14 * day);
    assert_int_equal(covered({now - 1, now - 20 * day}, true).value(), now - 20 * day);
}

// Keeping

struct Kept {
    test::TemporaryDirectory directory;
    LmdbVault vault{directory.path(), [] {
                        auto keys = MasterKeys::parse(generateKeyFiles().master, "master.key");
                        return std::make_shared<const MasterKeyring>(std::move(*keys));
                    }()};
    Uuid connection = Uuid::v7(1);
    ContentConfig config;

    bool copies = false;

    PostChanges keep(std::vector<Post> posts, bool toItsEnd = false, TimeMs when = now) {
        PostChanges out;
        change([&](VaultWriter& writer) {
            out = keepPosts(writer, connection, {posts, toItsEnd}, config, copies, when);
            writer.putCollecting(connection, {when, when, true, 0, ""});
        });
        return out;
    }

    void change(const std::function<void(VaultWriter&)>& change) {
        boost::asio::io_context loop;
        boost::asio::co_spawn(loop, vault.write(change), [](std::exception_ptr error) {
            if (error)
                std::rethrow_exception(error);
        });
        loop.run();
    }

    CopyState copyOf(const std::string& id) const {
        std::optional<StoredPost> post;
        vault.read([&](const VaultReader& reader) { post = reader.post(connection, id); });
        return post ? post->copy.state : CopyState::none;
    }

    std::size_t count() const {
        std::size_t out = 0;
        vault.read([&](const VaultReader& reader) { out = reader.postStock(connection).count; });
        return out;
    }
};

void newPostsAreKeptOnce(void**) {
    Kept it;
    const std::vector<Post> posts{postAt(now - 1, "b"), postAt(now - 2, "a")};
    const PostChanges first = it.keep(posts);
    assert_true(first.first);
    assert_int_equal(first.created.size(), 2);
    assertEqual(first.created[0].id, "a"); // the oldest first
    assert_true(first.created[0].number < first.created[1].number);
    const PostChanges again = it.keep({posts[0], posts[0], posts[1]});
    assert_false(again.first);
    assert_true(again.created.empty() && again.edited.empty() && again.deleted.empty());
}

void editsAreNoticed(void**) {
    Kept it;
    Post post = postAt(now - 5, "a");
    it.keep({post});
    post.media = "https://cdn.example/1.jpg?signature=other";
    assert_true(it.keep({post}).edited.empty()); // signed anew with each request
    post.text = "other words";
    const PostChanges changes = it.keep({post}, false, now + 7);
    assert_int_equal(changes.edited.size(), 1);
    assertEqual(changes.edited[0].text, "other words");
    assertEqual(changes.edited[0].media, post.media);
    assert_int_equal(changes.edited[0].updated, now + 7);
    assert_int_equal(changes.edited[0].seen, now);
}

void whatIsTakenOutIsNotKept(void**) {
    Kept it;
    it.copies = true;
    Post post = postAt(now - 5, "a");
    post.media = "https://cdn.example/1.jpg";
    it.keep({post});
    assert_true(it.copyOf("a") == CopyState::wanted);
    it.change([&](VaultWriter& writer) {
        auto kept = writer.post(it.connection, "a");
        kept->copy.state = CopyState::kept;
        writer.putPost(*kept);
    });
    const std::string media = std::exchange(post.media, "");
    it.keep({post});
    assert_true(it.copyOf("a") == CopyState::kept); // the provider may not say it for once
    post.text = "without the picture";
    it.keep({post});
    assert_true(it.copyOf("a") == CopyState::none);
    post.media = media;
    it.keep({post});
    assert_true(it.copyOf("a") == CopyState::wanted);
    post.media = "";
    it.keep({post});
    assert_true(it.copyOf("a") == CopyState::none); // there is no address to fetch
}

void deletionsAreNoticedAndTakenBack(void**) {
    Kept it;
    const Post a = postAt(now - 30, "a"), b = postAt(now - 20, "b"), c = postAt(now - 10, "c");
    it.keep({c, b, a});
    assert_true(it.keep({c}).deleted.empty()); // older ones are on a further page
    const PostChanges changes = it.keep({c, a});
    assert_int_equal(changes.deleted.size(), 1);
    assertEqual(changes.deleted[0].id, "b");
    assertEqual(changes.deleted[0].text + changes.deleted[0].link, "");
    assert_true(it.keep({c, a}).deleted.empty()); // told once
    const PostChanges back = it.keep({c, b, a});
    assert_int_equal(back.edited.size(), 1);
    assertEqual(back.edited[0].text, "words");
    assert_int_equal(back.edited[0].deleted, 0);
    assert_int_equal(it.keep({}, true).deleted.size(), 3);
}

void limitsHoldAndStay(void**) {
    Kept it;
    it.config.maxPosts = 3;
    it.config.retention = 24h;
    std::vector<Post> posts;
    for (TimeMs i = 0; i < 6; ++i)
        posts.push_back(postAt(now - i * hour));
    posts.push_back(postAt(now - 2 * day));
    assert_int_equal(it.keep(posts).created.size(), 3);
    assert_true(it.keep(posts).created.empty()); // those that did not fit are not new each time
    posts.insert(posts.begin(), postAt(now + 1));
    assert_int_equal(it.keep(posts, false, now + 2).created.size(), 1);
    assert_int_equal(it.count(), 3);
    assert_true(it.keep(posts, false, now + 3).created.empty());
    assert_true(it.keep({}, false, now + 3 * day).created.empty());
    assert_int_equal(it.count(), 0);
    assert_true(it.keep({postAt(now - 3 * day)}).created.empty());
}

void whatIsKeptIsBoundedAndHarmless(void**) {
    Kept it;
    Post post{"a", std::string(40'000, 'x'), "javascript:alert(1)", "https://a.example/b c",
              now + day};
    post.text.replace(maxPostText - 1, 2, "ü");
    const StoredPost kept = it.keep({post, postAt(now, std::string(5000, 'y'))}).created.at(0);
    assert_int_equal(kept.text.size(), maxPostText - 1); // not half a character
    assertEqual(kept.link + kept.media, "");
    assert_int_equal(kept.time, now); // not in the future
    assert_int_equal(it.count(), 1);
}

// Rate limits

void oneThatIsTurnedAwayStopsNobody(void**) {
    const Throttle::Clock::time_point start{};
    Throttle it;
    for (int i = 0; i < 10; ++i) {
        it.turnedAway(24h, start);
        it.turnedAway(24h, start);
        assert_int_equal(it.most(32, start), 32);
        it.answered();
    }
}

void severalInARowStopAllForAWhile(void**) {
    const Throttle::Clock::time_point start{};
    Throttle it;
    for (int i = 0; i < 32; ++i) // all that were under way
        it.turnedAway(24h, start);
    assert_int_equal(it.most(32, start + 59s), 0);
    assert_int_equal(it.most(32, start + 60s), 1); // one tries
    it.turnedAway(24h, start + 60s);
    assert_int_equal(it.most(32, start + 179s), 0);
    assert_int_equal(it.most(32, start + 180s), 1);
    it.answered();
    assert_int_equal(it.most(32, start + 180s), 32);
    for (int i = 0; i < 3; ++i)
        it.turnedAway(5s, start); // no longer than was asked for
    assert_int_equal(it.most(32, start + 5s), 1);
    Throttle stubborn;
    auto at = start;
    for (int i = 0; i < 40; ++i, at += 1h)
        stubborn.turnedAway(24h, at);
    assert_int_equal(stubborn.most(32, at), 1); // an hour at the most
}

void aProviderSaysThatNoneIsLeft(void**) {
    const RateLimit limit{"x-remaining", "x-reset", false};
    const auto answer = [](Headers headers) { return HttpResponse{200, std::move(headers), ""}; };
    assert_true(exhaustedFor(answer({{"x-remaining", "0"}, {"x-reset", "30"}}), limit) == 30s);
    assert_true(exhaustedFor(answer({{"x-remaining", "0"}}), limit) == 15min);
    assert_true(exhaustedFor(answer({{"x-remaining", "1"}, {"x-reset", "30"}}), limit) == 0s);
    assert_true(exhaustedFor(answer({{"x-reset", "30"}}), limit) == 0s);
    assert_true(exhaustedFor(answer({{"x-remaining", "none"}}), limit) == 0s);
    assert_true(exhaustedFor(answer({{"x-remaining", "0"}}), {}) == 0s);
    HttpResponse forbidden{403, {{"x-remaining", "0"}, {"x-reset", "30"}}, ""};
    assert_true(failureOf(forbidden, "", limit, Repeatable::yes).turnedAway);
    assert_false(failureOf(forbidden, "", {}, Repeatable::yes).turnedAway);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(thePaceIsTheAccounts),
                                cmocka_unit_test(silenceSlowsDown),
                                cmocka_unit_test(pollsAreSpread),
                                cmocka_unit_test(theOperatorHasBounds),
                                cmocka_unit_test(whatHasNoFeedCanWait),
                                cmocka_unit_test(aReadingCoversItsTime),
                                cmocka_unit_test(newPostsAreKeptOnce),
                                cmocka_unit_test(editsAreNoticed),
                                cmocka_unit_test(whatIsTakenOutIsNotKept),
                                cmocka_unit_test(deletionsAreNoticedAndTakenBack),
                                cmocka_unit_test(limitsHoldAndStay),
                                cmocka_unit_test(whatIsKeptIsBoundedAndHarmless),
                                cmocka_unit_test(oneThatIsTurnedAwayStopsNobody),
                                cmocka_unit_test(severalInARowStopAllForAWhile),
                                cmocka_unit_test(aProviderSaysThatNoneIsLeft)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
