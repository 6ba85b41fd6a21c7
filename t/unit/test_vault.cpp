// The vault's lists: by account and status, in pages; and vaults of other schemas.
#include "daemon/vault/lmdb_vault.hpp"
#include "shared/byte_order.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

using namespace grantlink;
using test::assertEqual;

namespace {

std::shared_ptr<const MasterKeys> newKeys() {
    auto keys = MasterKeys::parse(generateKeyFiles().master, "master.key");
    assert_true(keys.has_value());
    return std::make_shared<const MasterKeys>(std::move(*keys));
}

// Connections with rising ids, so that the last is the newest.
Connection connectionFor(const std::string& account, TimeMs created) {
    Connection out;
    out.id = Uuid::v7(created);
    out.provider = "instagram";
    out.account = account;
    return out;
}

void put(LmdbVault& vault, const std::vector<Connection>& connections) {
    const auto change = [connections](VaultWriter& writer) {
        for (const Connection& connection : connections)
            writer.putConnection(connection);
    };
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, vault.write(change), [](std::exception_ptr error) {
        if (error)
            std::rethrow_exception(error);
    });
    loop.run();
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
    LmdbVault vault(directory.path(), newKeys());
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
    LmdbVault vault(directory.path(), newKeys());
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

void change(LmdbVault& vault, const std::function<void(VaultWriter&)>& what) {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, vault.write(what), [](std::exception_ptr error) {
        if (error)
            std::rethrow_exception(error);
    });
    loop.run();
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
    LmdbVault vault(directory.path(), newKeys());
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

void anOlderVaultIsBroughtUpToDate(void**) {
    const test::TemporaryDirectory directory;
    const auto keys = newKeys();
    std::vector<Connection> all;
    for (const char* account : {"@nike", "", "@adidas", "@nike"})
        all.push_back(connectionFor(account, 1000 + all.size()));
    all[2].status = ConnectionStatus::active;
    {
        LmdbVault vault(directory.path(), keys);
        put(vault, all);
    }
    setSchema(directory.path(), std::nullopt); // as schema 1 was
    LmdbVault vault(directory.path(), keys);
    assertIds(pageOf(vault, forAccounts({"@nike"})), {all[3].id, all[0].id});
    assertIds(pageOf(vault, forAccounts({"@adidas"})), {all[2].id});
    for (const Task task : {Task::upkeep, Task::collect})
        assert_true(dueIn(vault, task, "instagram", nowMs()) == std::vector{all[2].id});
    assertIds(pageOf(vault, {}), {all[3].id, all[2].id, all[1].id, all[0].id});
}

void aNewerVaultIsRefused(void**) {
    const test::TemporaryDirectory directory;
    const auto keys = newKeys();
    { const LmdbVault vault(directory.path(), keys); }
    setSchema(directory.path(), 5);
    std::string message;
    try {
        const LmdbVault vault(directory.path(), keys);
    } catch (const std::runtime_error& error) {
        message = error.what();
    }
    assert_true(message.find(directory.path() + ": has schema 5") != std::string::npos);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(accountsAreFound), cmocka_unit_test(pagesFollowEachOther),
        cmocka_unit_test(tasksAreDueInTheirOrder), cmocka_unit_test(anOlderVaultIsBroughtUpToDate),
        cmocka_unit_test(aNewerVaultIsRefused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
