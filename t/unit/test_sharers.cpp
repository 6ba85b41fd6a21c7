// Connections that share a link: who waits with whom, another link for all, and one that leaves.
#include "daemon/links/sharers.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"
#include "t/unit/vault_change.hpp"

#include <boost/asio/detached.hpp>

#include <array>

using namespace grantlink;
using test::assertEqual;
using test::change;

namespace {

// Three connections with one link, and one with a link of its own.
class Group {
  public:
    Group() : keys_(test::newMasterKeys()), vault(directory_.path(), keys_) {
        const Uuid link = Uuid::v7();
        for (Uuid& id : ids)
            id = Uuid::v7();
        change(vault, [&](VaultWriter& writer) {
            for (const Uuid& id : ids)
                writer.putConnection(newConnection(id, {ids.begin(), ids.end()}, link));
            writer.putConnection(newConnection(alone, {}, {}));
        });
    }

    Connection at(const Uuid& id) const { return vault.connection(id).value(); }

    void set(const Uuid& id, ConnectionStatus status) {
        Connection connection = at(id);
        connection.status = status;
        change(vault, [&](VaultWriter& writer) { writer.putConnection(connection); });
    }

    std::vector<Uuid> waiting(const Uuid& id, TimeMs now) const {
        std::vector<Uuid> out;
        vault.read([&](const VaultReader& reader) {
            for (const Connection& one : waitingWith(reader, at(id), now))
                out.push_back(one.id);
        });
        return out;
    }

    // What a check of the vault finds wrong.
    std::size_t wrong() const {
        boost::asio::io_context loop;
        VaultReport report;
        const auto check = [&]() -> boost::asio::awaitable<void> {
            report = co_await vault.check();
        };
        boost::asio::co_spawn(loop, check(), boost::asio::detached);
        loop.run();
        return report.wrong;
    }

    std::array<Uuid, 3> ids;
    const Uuid alone = Uuid::v7();

  private:
    Connection newConnection(const Uuid& id, std::vector<Uuid> together, const Uuid& link) const {
        Connection out;
        out.id = id;
        out.provider = "instagram";
        out.linkKey = keys_->get()->current().id;
        out.linkExpires = 5000;
        out.together = std::move(together);
        out.sharedLink = link;
        return out;
    }

    test::TemporaryDirectory directory_;
    std::shared_ptr<const MasterKeyring> keys_;

  public:
    LmdbVault vault;
};

void theirRecordsComeBack(void**) {
    const Group group;
    const Connection first = group.at(group.ids[0]), last = group.at(group.ids[2]);
    assert_true(first.together == last.together && first.together.size() == 3);
    assert_true(first.linkId() == last.linkId() && first.linkId() != first.id);
    assert_true(group.at(group.alone).linkId() == group.alone);
    assert_true(taskHolderOf(last) == first.id &&
                taskHolderOf(group.at(group.alone)) == group.alone);
    assert_int_equal(group.wrong(), 0);
}

void whoWaitsIsKnown(void**) {
    Group group;
    group.set(group.ids[1], ConnectionStatus::active);
    const std::vector<Uuid> expected{group.ids[0], group.ids[2]};
    for (const Uuid& id : group.ids)
        assert_true(group.waiting(id, 4999) == expected);
    assert_true(group.waiting(group.ids[0], 5000).empty()); // it has expired
    assert_true(group.waiting(group.alone, 1) == std::vector<Uuid>{group.alone});
}

void anotherLinkIsForAll(void**) {
    Group group;
    change(group.vault, [&](VaultWriter& writer) {
        Connection one = writer.connection(group.ids[1]).value();
        one.trouble = "a change of its own";
        replaceLink(writer, one, 1, 9000);
    });
    for (const Uuid& id : group.ids) {
        assert_int_equal(group.at(id).generation, 2);
        assert_int_equal(group.at(id).linkExpires, 9000);
        assert_true(group.at(id).linkMade == group.at(group.ids[0]).linkMade);
    }
    assertEqual(group.at(group.ids[1]).trouble, "a change of its own");
    assert_int_equal(group.at(group.alone).generation, 1);
    assert_int_equal(group.wrong(), 0);
}

void oneLeavesWhileOthersWait(void**) {
    Group group;
    change(group.vault, [&](VaultWriter& writer) {
        Connection first = writer.connection(group.ids[0]).value();
        writer.schedule(Task::remind, first, 3000);
        writer.schedule(Task::warn, first, 4000);
        assert_true(leaveLink(writer, first).has_value());
        replaceLink(writer, first, 1, 9000);
    });
    const Connection left = group.at(group.ids[0]), stays = group.at(group.ids[2]);
    assert_true(left.linkId() == left.id && left.generation == 2);
    assert_true(stays.together == std::vector<Uuid>({group.ids[1], group.ids[2]}));
    assert_int_equal(stays.generation, 1);
    group.vault.read([&](const VaultReader& reader) { // the plans went on to the next
        assert_true(reader.dueTime(Task::remind, group.ids[1]) == TimeMs{3000});
        assert_true(reader.dueTime(Task::warn, group.ids[1]) == TimeMs{4000});
        assert_false(reader.dueTime(Task::warn, group.ids[0]).has_value());
    });
    assert_int_equal(group.wrong(), 0);
}

void theLastThatWaitsStays(void**) {
    Group group;
    group.set(group.ids[1], ConnectionStatus::revoked);
    change(group.vault, [&](VaultWriter& writer) {
        Connection third = writer.connection(group.ids[2]).value();
        third.status = ConnectionStatus::active;
        writer.putConnection(third);
        Connection first = writer.connection(group.ids[0]).value();
        assert_false(leaveLink(writer, first).has_value());
        assert_int_equal(first.together.size(), 3);
        Connection alone = writer.connection(group.alone).value();
        assert_false(leaveLink(writer, alone).has_value());
    });
}

void aCheckFindsWhoDisagrees(void**) {
    Group group;
    Connection one = group.at(group.ids[1]);
    one.generation = 7;
    change(group.vault, [&](VaultWriter& writer) { writer.putConnection(one); });
    assert_true(group.wrong() > 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(theirRecordsComeBack),  cmocka_unit_test(whoWaitsIsKnown),
        cmocka_unit_test(anotherLinkIsForAll),   cmocka_unit_test(oneLeavesWhileOthersWait),
        cmocka_unit_test(theLastThatWaitsStays), cmocka_unit_test(aCheckFindsWhoDisagrees)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
