// The vault's lists: by account and status, in pages; and vaults of other schemas.
#include "daemon/vault/lmdb_vault.hpp"
#include "shared/byte_order.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"
#include "t/unit/vault_change.hpp"

#include <boost/asio/io_context.hpp>

using namespace grantlink;
using test::assertEqual;
using test::change;

namespace {

// Connections with rising ids, so that the last is the newest.
Connection connectionFor(const std::string& account, TimeMs created) {
    Connection out;
    out.id = Uuid::v7(created);
    out.provider = "instagram";
    out.account = account;
    return out;
}

void put(LmdbVault& vault, const std::vector<Connection>& connections) {
    change(vault, [connections](VaultWriter& writer) {
        for (const Connection& connection : connections)
            writer.putConnection(connection);
    });
}

ConnectionPage pageOf(const LmdbVault& vault, const ConnectionQuery& query) {
    ConnectionPage out;
    vault.read([&](const VaultReader& reader) { out = reader.connections(query); });
    return out;
}

ConnectionQuery forAccounts(std::vector<std::string> accounts) {
    ConnectionQuery out;
    out.accounts = std::move(accounts);
    return out;
}

void assertIds(const ConnectionPage& page, const std::vector<Uuid>& expected) {
    assert_int_equal(page.connections.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        assertEqual(page.connections[i].id.text(), expected[i].text());
}

void accountsAreFound(void**) {
    const test::TemporaryDirectory directory;
    LmdbVault vault(directory.path(), test::newMasterKeys());
    std::vector<Connection> all;
    for (const char* account : {"@nike", "@nike2", "nike", "@nike", "", "@nik", "@nike"})
        all.push_back(connectionFor(account, 1000 + all.size()));
    all[3].status = ConnectionStatus::revoked;
    put(vault, all);
    put(vault, {all[0]}); // written again, as with each change
    assertIds(pageOf(vault, forAccounts({"@nike"})), {all[6].id, all[3].id, all[0].id});
    assertIds(pageOf(vault, forAccounts({"nike", "@nike", "nike"})),
              {all[6].id, all[3].id, all[2].id, all[0].id});
    assertIds(pageOf(vault, forAccounts({"@nobody"})), {});
    assertIds(pageOf(vault, forAccounts({std::string(600, 'x')})), {});
    assertIds(pageOf(vault, forAccounts({""})), {all[4].id});
    ConnectionQuery query = forAccounts({"@nike"});
    query.status = ConnectionStatus::pending;
    assertIds(pageOf(vault, query), {all[6].id, all[0].id});
    query.provider = "other";
    assertIds(pageOf(vault, query), {});
}

void pagesFollowEachOther(void**) {
    const test::TemporaryDirectory directory;
    LmdbVault vault(directory.path(), test::newMasterKeys());
    std::vector<Connection> all;
    for (TimeMs i = 0; i < 30; ++i)
        all.push_back(connectionFor(i % 3 ? "@odd" : "@even", 1000 + i));
    put(vault, all);
    ConnectionQuery query = forAccounts({"@odd"});
    query.limit = 3;
    std::vector<Uuid> seen;
    for (int pages = 0; pages < 20; ++pages) {
        const ConnectionPage page = pageOf(vault, query);
        for (const Connection& connection : page.connections)
            seen.push_back(connection.id);
        if (!page.next)
            break;
        query.after = page.next;
    }
    std::vector<Uuid> expected;
    for (auto connection = all.rbegin(); connection != all.rend(); ++connection)
        if (connection->account == "@odd")
            expected.push_back(connection->id);
    assert_true(seen == expected);
}

std::vector<Uuid> dueIn(const LmdbVault& vault, Task task, const std::string& provider, TimeMs now,
                        std::size_t limit = 100) {
    std::vector<Uuid> out;
    vault.read(
        [&](const VaultReader& reader) { out = reader.dueTasks(task, provider, now, limit); });
    return out;
}

void tasksAreDueInTheirOrder(void**) {
    const test::TemporaryDirectory directory;
    LmdbVault vault(directory.path(), test::newMasterKeys());
    Connection a = connectionFor("@a", 1), b = connectionFor("@b", 2), c = connectionFor("@c", 3);
    Connection other = connectionFor("@d", 4);
    other.provider = "instagram2"; // which begins with the other's name
    change(vault, [&](VaultWriter& writer) {
        writer.schedule(Task::upkeep, a, 300);
        writer.schedule(Task::upkeep, b, 100);
        writer.schedule(Task::upkeep, c, 200);
        writer.schedule(Task::revoke, a, 50);
        writer.schedule(Task::upkeep, other, 150);
    });
    const std::vector<Uuid> none, all{b.id, c.id, a.id}, firstTwo{b.id, c.id};
    assert_true(dueIn(vault, Task::upkeep, "instagram", 99) == none);
    assert_true(dueIn(vault, Task::upkeep, "instagram", 100) == std::vector{b.id});
    assert_true(dueIn(vault, Task::upkeep, "instagram", 1000) == all);
    assert_true(dueIn(vault, Task::upkeep, "instagram", 1000, 2) == firstTwo);
    assert_true(dueIn(vault, Task::revoke, "instagram", 1000) == std::vector{a.id});
    assert_true(dueIn(vault, Task::upkeep, "instagram2", 1000) == std::vector{other.id});
    assert_true(dueIn(vault, Task::upkeep, "insta", 1000) == none);
    change(vault, [&](VaultWriter& writer) {
        writer.schedule(Task::upkeep, b, 400); // moves it
        writer.unschedule(Task::upkeep, c.id);
        writer.unschedule(Task::revoke, b.id); // which was not there
    });
    const std::vector<Uuid> moved{a.id, b.id};
    assert_true(dueIn(vault, Task::upkeep, "instagram", 1000) == moved);
    vault.read([&](const VaultReader& reader) {
        assert_int_equal(reader.dueTime(Task::upkeep, b.id).value(), 400);
        assert_false(reader.dueTime(Task::upkeep, c.id).has_value());
    });
}

// Each made a millisecond after the one before.
Notification notificationFor(const std::string& webhook) {
    static TimeMs made = 1'000'000;
    Notification out;
    out.id = Uuid::v7(++made);
    out.webhook = webhook;
    return out;
}

std::vector<Uuid> dueIn(const LmdbVault& vault, const std::string& queue, TimeMs now) {
    std::vector<Uuid> out;
    vault.read([&](const VaultReader& reader) {
        for (const Notification& notification : reader.dueNotifications(queue, now, 10))
            out.push_back(notification.id);
    });
    return out;
}

void eachReceiverHasItsQueue(void**) {
    const test::TemporaryDirectory directory;
    LmdbVault vault(directory.path(), test::newMasterKeys());
    const Notification mail = notificationFor(""), a = notificationFor("crm"),
                       b = notificationFor("crm"), other = notificationFor("crm2");
    change(vault, [&](VaultWriter& writer) {
        writer.putNotification(mail, 100);
        writer.putNotification(a, 300);
        writer.putNotification(b, 200);
        writer.putNotification(other, 250);
    });
    vault.read([&](const VaultReader& reader) {
        const std::vector<std::string> queues{"", "crm", "crm2"};
        assert_true(reader.notificationQueues() == queues);
        assert_int_equal(reader.notification(b.id)->due, 200);
    });
    const std::vector<Uuid> none, both{b.id, a.id};
    assert_true(dueIn(vault, "crm", 199) == none);
    assert_true(dueIn(vault, "crm", 300) == both);
    assert_true(dueIn(vault, "", 300) == std::vector{mail.id});
    assert_true(dueIn(vault, "crm2", 300) == std::vector{other.id});
    change(vault, [&](VaultWriter& writer) {
        writer.putNotification(b, 400); // moves it
        writer.removeNotification(mail.id);
        writer.removeNotification(other.id);
    });
    assert_true(dueIn(vault, "crm", 300) == std::vector{a.id});
    vault.read([&](const VaultReader& reader) {
        assert_true(reader.notificationQueues() == std::vector<std::string>{"crm"});
        assert_int_equal(reader.counts().notifications, 2);
    });
}

void deadLettersAreKeptForAWhile(void**) {
    const test::TemporaryDirectory directory;
    LmdbVault vault(directory.path(), test::newMasterKeys());
    Notification first = notificationFor(""), second = notificationFor("crm");
    first.givenUp = first.id.time() + 100;
    second.givenUp = first.id.time() + 200;
    change(vault, [&](VaultWriter& writer) {
        writer.putNotification(first, 1);
        writer.putNotification(second, 1);
        writer.buryNotification(first);
        writer.buryNotification(second);
    });
    NotificationQuery query, waiting;
    query.dead = true;
    vault.read([&](const VaultReader& reader) {
        assert_true(reader.notificationQueues().empty());
        assert_int_equal(reader.counts().deadNotifications, 2);
        const auto found = reader.notifications(query);
        assert_true(found.size() == 2 && found[0].id == second.id && found[1].id == first.id);
        query.after = second.id;
        assert_true(reader.notifications(query).at(0).id == first.id);
        assert_true(reader.notifications(waiting).empty());
    });
    change(vault, [&](VaultWriter& writer) {
        assert_int_equal(writer.pruneNotifications(first.givenUp, 10), 0);
        assert_int_equal(writer.pruneNotifications(first.givenUp + 1, 10), 1);
        assert_false(writer.notification(first.id).has_value());
        second.givenUp = 0;
        writer.putNotification(second, 500); // replayed
    });
    vault.read([&](const VaultReader& reader) {
        assert_int_equal(reader.counts().deadNotifications, 0);
        assert_int_equal(reader.counts().notifications, 1);
    });
}

void setSchema(const std::string& directory, std::optional<std::uint32_t> number) {
    const lmdb::Environment env(directory, {.mapSize = 1 << 30, .maxDatabases = 32});
    lmdb::WriteTransaction write(env);
    const lmdb::Database meta = write.open("meta");
    write.clear(write.open("accounts", MDB_DUPSORT));
    write.remove(meta, bytesOf("schema"));
    if (number) {
        std::uint8_t bytes[4];
        storeLittleEndian(bytes, *number);
        write.put(meta, bytesOf("schema"), bytes);
    }
    write.commit();
}

// As it stood in the outbox before schema 4, due at 5.
void putOldMail(const std::string& directory, const Notification& mail) {
    const lmdb::Environment env(directory, {.mapSize = 1 << 30, .maxDatabases = 32});
    lmdb::WriteTransaction write(env);
    const std::string due("\0\0\0\0\0\0\0\5", 8);
    write.put(write.open("outbox"), mail.id.bytes, bytesOf(due + toJson(mail).dump()));
    write.put(write.open("outbox_due"), bytesOf(due + std::string(textOf(mail.id.bytes))), {});
    write.commit();
}

void anOlderVaultIsBroughtUpToDate(void**) {
    const test::TemporaryDirectory directory;
    const auto keys = test::newMasterKeys();
    std::vector<Connection> all;
    for (const char* account : {"@nike", "", "@adidas", "@nike"})
        all.push_back(connectionFor(account, 1000 + all.size()));
    all[2].status = ConnectionStatus::active;
    {
        LmdbVault vault(directory.path(), keys);
        put(vault, all);
    }
    setSchema(directory.path(), std::nullopt); // as schema 1 was
    const Notification mail = notificationFor("");
    putOldMail(directory.path(), mail);
    LmdbVault vault(directory.path(), keys);
    assertIds(pageOf(vault, forAccounts({"@nike"})), {all[3].id, all[0].id});
    assertIds(pageOf(vault, forAccounts({"@adidas"})), {all[2].id});
    for (const Task task : {Task::upkeep, Task::collect})
        assert_true(dueIn(vault, task, "instagram", nowMs()) == std::vector{all[2].id});
    assertIds(pageOf(vault, {}), {all[3].id, all[2].id, all[1].id, all[0].id});
    assert_true(dueIn(vault, "", 5) == std::vector{mail.id});
}

void aNewerVaultIsRefused(void**) {
    const test::TemporaryDirectory directory;
    const auto keys = test::newMasterKeys();
    { const LmdbVault vault(directory.path(), keys); }
    setSchema(directory.path(), 6);
    std::string message;
    try {
        const LmdbVault vault(directory.path(), keys);
    } catch (const std::runtime_error& error) {
        message = error.what();
    }
    assert_true(message.find(directory.path() + ": has schema 6") != std::string::npos);
}

MasterKeys keysOf(const std::string& lines) {
    auto keys = MasterKeys::parse("grantlink-master-key v1\n" + lines, "master.key");
    assert_true(keys.has_value());
    return std::move(*keys);
}

bool isKnownToBeSealed(const LmdbVault& vault) {
    bool out = false;
    vault.read([&](const VaultReader& reader) { out = reader.isSealedWithCurrent(); });
    return out;
}

void tokensAreSealedAnew(void**) {
    const test::TemporaryDirectory directory;
    const std::string old = "key 1 " + std::string(43, 'A') + "\n";
    const std::string fresh = "key 2 " + std::string(42, 'B') + "A\n";
    const auto keys = std::make_shared<MasterKeyring>(keysOf(old));
    std::vector<Uuid> owners;
    for (TimeMs i = 0; i < 450; ++i)
        owners.push_back(Uuid::v7(1000 + i));
    const auto put = [owners](VaultWriter& writer) {
        TokenSet tokens;
        for (const Uuid& owner : owners) {
            tokens.accessToken = secretCopy(owner.text());
            writer.putTokens(owner, tokens);
        }
    };
    Resealing soFar;
    const auto reseal = [&soFar](VaultWriter& writer) { soFar = writer.reseal(soFar); };
    const auto all = [&](LmdbVault& vault) {
        while (!soFar.ended())
            change(vault, reseal);
    };
    {
        LmdbVault vault(directory.path(), keys);
        change(vault, put);
        assert_false(isKnownToBeSealed(vault));
        all(vault);
        assert_true(soFar.tokens.sealed == 0 && isKnownToBeSealed(vault));
        keys->replace(keysOf(fresh + old));
        assert_false(isKnownToBeSealed(vault));
        soFar = {};
        change(vault, reseal);
        assert_true(!soFar.ended() && soFar.tokens.sealed > 0 &&
                    soFar.tokens.sealed < owners.size());
    } // it ends here
    const std::size_t sealed = soFar.tokens.sealed;
    soFar = {};
    LmdbVault vault(directory.path(), keys);
    all(vault);
    assert_int_equal(soFar.tokens.unreadable, 0);
    assert_int_equal(sealed + soFar.tokens.sealed, owners.size());
    assert_true(isKnownToBeSealed(vault));
    keys->replace(keysOf(fresh));
    vault.read([&](const VaultReader& reader) {
        for (const Uuid& owner : owners)
            assertEqual(std::string(textOf(reader.tokens(owner).value().accessToken)),
                        owner.text());
    });
    keys->replace(keysOf("key 3 " + std::string(42, 'C') + "A\n" + old)); // the wrong one is kept
    soFar = {};
    all(vault);
    assert_true(soFar.tokens.sealed == 0 && soFar.tokens.unreadable == owners.size());
    assert_false(isKnownToBeSealed(vault));
}

// A key file that was put back for a while leaves what nobody may take for sealed with the newer.
void whatAnotherKeySealedIsNotForgotten(void**) {
    const test::TemporaryDirectory directory;
    const std::string old = "key 1 " + std::string(43, 'A') + "\n";
    const std::string fresh = "key 2 " + std::string(42, 'B') + "A\n";
    const auto keys = std::make_shared<MasterKeyring>(keysOf(fresh + old));
    LmdbVault vault(directory.path(), keys);
    Resealing soFar;
    while (!soFar.ended())
        change(vault, [&soFar](VaultWriter& writer) { soFar = writer.reseal(soFar); });
    assert_true(isKnownToBeSealed(vault));
    keys->replace(keysOf(old));
    TokenSet tokens;
    tokens.accessToken = secretCopy("a");
    change(vault, [&](VaultWriter& writer) { writer.putTokens(Uuid::v7(), tokens); });
    keys->replace(keysOf(fresh + old));
    assert_false(isKnownToBeSealed(vault));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(accountsAreFound),
                                cmocka_unit_test(pagesFollowEachOther),
                                cmocka_unit_test(tasksAreDueInTheirOrder),
                                cmocka_unit_test(eachReceiverHasItsQueue),
                                cmocka_unit_test(deadLettersAreKeptForAWhile),
                                cmocka_unit_test(anOlderVaultIsBroughtUpToDate),
                                cmocka_unit_test(aNewerVaultIsRefused),
                                cmocka_unit_test(tokensAreSealedAnew),
                                cmocka_unit_test(whatAnotherKeySealedIsNotForgotten)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
