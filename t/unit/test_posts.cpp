// Posts in the vault: the record and its seal, lists in pages, pruning.
#include "daemon/vault/lmdb_vault.hpp"
#include "daemon/vault/seal.hpp"
#include "daemon/vault/stored_post.hpp"

#include "shared/byte_order.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"
#include "t/unit/vault_change.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <set>

using namespace grantlink;
using test::assertEqual;
using test::change;

namespace {

std::shared_ptr<const MasterKeys> newKeys() {
    auto keys = MasterKeys::parse(generateKeyFiles().master, "master.key");
    assert_true(keys.has_value());
    return std::make_shared<const MasterKeys>(std::move(*keys));
}

StoredPost postOf(const Uuid& connection, const std::string& id, TimeMs time) {
    StoredPost out;
    out.connection = connection;
    out.id = id;
    out.time = time;
    out.seen = 2000;
    out.text = "words of " + id;
    out.link = "https://example.com/" + id;
    return out;
}

// The ids of a whole list, page by page.
std::string idsOf(const LmdbVault& vault, PostQuery query) {
    std::string out;
    vault.read([&](const VaultReader& reader) {
        for (int pages = 0; pages < 20; ++pages) {
            const PostPage page = reader.posts(query);
            assert_true(page.posts.size() <= query.limit);
            for (const StoredPost& post : page.posts)
                out += post.id;
            if (!page.next)
                return;
            query.after = PostPlace::parse(page.next->text());
            assert_true(query.after.has_value());
        }
    });
    return out;
}

struct Filled {
    test::TemporaryDirectory directory;
    LmdbVault vault{directory.path(), std::make_shared<const MasterKeyring>(*newKeys())};
    Uuid one = Uuid::v7(1000), other = Uuid::v7(1001);

    Filled() {
        change(vault, [one = one, other = other](VaultWriter& writer) {
            for (const auto& [id, time] : {std::pair{"b", 20}, {"a", 10}, {"d", 40}, {"c", 30}})
                writer.putPost(postOf(one, id, static_cast<TimeMs>(time)));
            writer.putPost(postOf(other, "x", 25));
        });
    }
};

void theRecordComesBack(void**) {
    const auto keys = newKeys();
    StoredPost post = postOf(Uuid::v7(7), "18010000000000107", 1'790'000'000'000);
    post.number = 1'790'000'000'000'123;
    post.timeIsKnown = false;
    post.updated = 5;
    post.deleted = 6;
    post.media = "https://cdn.example/1.jpg";
    post.hash[15] = 255;
    const std::string sealed = sealPost(keys->current(), post);
    assert_true(sealed.find("words of") == std::string::npos);
    const auto back = openPost(*keys, post.number, bytesOf(sealed));
    assert_true(back.has_value());
    assert_true(back->connection == post.connection && back->hash == post.hash);
    assert_true(back->time == post.time && !back->timeIsKnown && back->seen == post.seen);
    assert_true(back->updated == 5 && back->deleted == 6);
    assertEqual(back->id + back->text + back->link + back->media,
                post.id + post.text + post.link + post.media);
    assert_false(openPost(*keys, post.number + 1, bytesOf(sealed)).has_value());
    assert_false(openPost(*newKeys(), post.number, bytesOf(sealed)).has_value());
    std::string future = sealed;
    future[0] = 3;
    assert_false(openPost(*keys, post.number, bytesOf(future)).has_value());
    for (std::size_t cut = 0; cut < sealed.size(); ++cut)
        assert_false(openPost(*keys, post.number, bytesOf(sealed).first(cut)).has_value());
}

// As grantlinkd wrote it before there were copies.
void anOlderRecordHasNoCopy(void**) {
    const auto keys = newKeys();
    const Uuid connection = Uuid::v7(7);
    const std::uint64_t number = 12345;
    RecordWriter out;
    out.uuid(connection).text("a").integer(std::uint64_t{10}).integer(std::uint8_t{1});
    out.integer(std::uint64_t{20}).integer(std::uint64_t{0}).integer(std::uint64_t{0});
    out.text("words").text("").text("https://cdn.example/1.jpg").text(std::string(16, 'h'));
    std::array<std::uint8_t, 8> place;
    storeLittleEndian(place.data(), number);
    const std::string plain = out.take();
    const auto old =
        openPost(*keys, number, bytesOf(seal(keys->current(), 1, place, bytesOf(plain))));
    assert_true(old.has_value() && old->copy.state == CopyState::none);
    assertEqual(old->text + old->media, "wordshttps://cdn.example/1.jpg");
    assert_false(openPost(*keys, number, bytesOf(seal(keys->current(), 2, place, bytesOf(plain))))
                     .has_value());
}

void placesAreCursors(void**) {
    const auto place = PostPlace::parse("12-34");
    assert_true(place && place->time == 12 && place->number == 34);
    assertEqual(place->text(), "12-34");
    for (const char* text :
         {"", "-", "1", "1-", "-1", "1-2-3", "1-2 ", " 1-2", "a-b", "99999999999999999999-1"})
        assert_false(PostPlace::parse(text).has_value());
}

void listsAreInOrder(void**) {
    const Filled it;
    for (const std::size_t limit : {1, 2, 3, 50}) {
        PostQuery query{it.one, limit, {}, 0};
        assertEqual(idsOf(it.vault, query), "dcba");
        query.since = 20;
        assertEqual(idsOf(it.vault, query), "dcb");
        assertEqual(idsOf(it.vault, {it.other, limit, {}, 0}), "x");
        assertEqual(idsOf(it.vault, {{}, limit, {}, 0}), "xcdab"); // as they were put, backwards
    }
    assertEqual(idsOf(it.vault, {Uuid::v7(3), 50, {}, 0}), "");
    it.vault.read([&](const VaultReader& reader) {
        const PostStock stock = reader.postStock(it.one);
        assert_true(stock.count == 4 && stock.oldest == 10 && stock.newest == 40);
        assert_true(reader.postStock(Uuid::v7(3)).count == 0);
        assert_true(reader.postOwners(Uuid{}, 9) == (std::vector{it.one, it.other}));
        assert_true(reader.postOwners(it.one, 9) == std::vector{it.other});
        assert_true(reader.postOwners(Uuid{}, 1) == std::vector{it.one});
    });
}

void oneIsFoundAndChanged(void**) {
    Filled it;
    change(it.vault, [one = it.one](VaultWriter& writer) {
        auto post = writer.post(one, "c");
        assert_true(post.has_value());
        post->text = "other words";
        writer.putPost(*post);
        assert_false(writer.post(one, "x").has_value()); // that is another connection's
    });
    assertEqual(idsOf(it.vault, {it.one, 50, {}, 0}), "dcba");
    it.vault.read([&](const VaultReader& reader) {
        assertEqual(reader.post(it.one, "c")->text, "other words");
    });
}

void theOldestAreForgotten(void**) {
    Filled it;
    change(it.vault, [one = it.one](VaultWriter& writer) {
        assert_int_equal(writer.prunePosts(one, {.before = 10, .most = 4}, 100), 0);
        assert_int_equal(writer.prunePosts(one, {.before = 11, .most = 4}, 100), 1);
        assert_int_equal(writer.prunePosts(one, {.before = 0, .most = 1}, 1), 1);
        assert_false(writer.post(one, "b").has_value());
    });
    assertEqual(idsOf(it.vault, {it.one, 50, {}, 0}), "dc");
    assertEqual(idsOf(it.vault, {{}, 50, {}, 0}), "xcd");
}

void allAreErased(void**) {
    Filled it;
    change(it.vault, [one = it.one](VaultWriter& writer) {
        writer.putCollecting(one, {.since = 1, .trouble = "none"});
        writer.erasePosts(one);
        assert_false(writer.post(one, "a").has_value());
        assert_true(writer.collecting(one).since == 0);
    });
    assertEqual(idsOf(it.vault, {{}, 50, {}, 0}), "x");
}

// A number that was given out is not given out again, though its post is gone.
void numbersOnlyRise(void**) {
    Filled it;
    change(it.vault, [one = it.one, other = it.other](VaultWriter& writer) {
        const std::uint64_t first = writer.putPost(postOf(one, "new", 50));
        assert_true(first > writer.post(other, "x")->number);
        assert_true(writer.putPost(postOf(other, "new", 50)) > first);
    });
}

void postsAreSealedAnew(void**) {
    const test::TemporaryDirectory directory;
    const auto parse = [](const std::string& lines) {
        return *MasterKeys::parse("grantlink-master-key v1\n" + lines, "master.key");
    };
    const std::string old = "key 1 " + std::string(43, 'A') + "\n";
    const std::string fresh = "key 2 " + std::string(42, 'B') + "A\n";
    const auto keys = std::make_shared<MasterKeyring>(parse(old));
    LmdbVault vault(directory.path(), keys);
    const Uuid id = Uuid::v7(1);
    change(vault, [id](VaultWriter& writer) {
        for (int i = 0; i < 450; ++i)
            writer.putPost(postOf(id, std::to_string(i), static_cast<TimeMs>(i)));
    });
    keys->replace(parse(fresh + old));
    Resealing soFar;
    while (!soFar.ended()) {
        const std::size_t before = soFar.posts.sealed;
        change(vault, [&soFar](VaultWriter& writer) { soFar = writer.reseal(soFar); });
        assert_true(soFar.posts.sealed - before <= 200 && soFar.posts.unreadable == 0);
    }
    assert_int_equal(soFar.posts.sealed, 450);
    keys->replace(parse(fresh));
    vault.read([&](const VaultReader& reader) { assert_true(reader.post(id, "449").has_value()); });
}

void whatCannotBeOpenedIsReplaced(void**) {
    const test::TemporaryDirectory directory;
    const Uuid id = Uuid::v7(1);
    {
        LmdbVault vault(directory.path(), std::make_shared<const MasterKeyring>(*newKeys()));
        change(vault, [id](VaultWriter& writer) { writer.putPost(postOf(id, "a", 10)); });
    }
    LmdbVault vault(directory.path(),
                    std::make_shared<const MasterKeyring>(*newKeys())); // another key
    assertEqual(idsOf(vault, {id, 50, {}, 0}), "");
    change(vault, [id](VaultWriter& writer) { writer.putPost(postOf(id, "a", 11)); });
    assertEqual(idsOf(vault, {id, 50, {}, 0}), "a");
    vault.read([&](const VaultReader& reader) { assert_int_equal(reader.postStock(id).count, 1); });
}

void collectingComesBack(void**) {
    const Collecting it{1, 2, true, 3, "no time"};
    const Collecting back = collectingFromJson(toJson(it));
    assert_true(back.since == 1 && back.polled == 2 && back.complete && back.failures == 3);
    assertEqual(back.trouble, "no time");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(theRecordComesBack),   cmocka_unit_test(anOlderRecordHasNoCopy),
        cmocka_unit_test(placesAreCursors),     cmocka_unit_test(listsAreInOrder),
        cmocka_unit_test(oneIsFoundAndChanged), cmocka_unit_test(theOldestAreForgotten),
        cmocka_unit_test(allAreErased),         cmocka_unit_test(numbersOnlyRise),
        cmocka_unit_test(postsAreSealedAnew),   cmocka_unit_test(whatCannotBeOpenedIsReplaced),
        cmocka_unit_test(collectingComesBack)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
