// The audit trail: its records, its order, its pages, and what is forgotten.
#include "daemon/audit/attempt_events.hpp"
#include "daemon/vault/lmdb_vault.hpp"

#include "t/unit/cmocka.hpp"
#include "t/unit/temporary_directory.hpp"
#include "t/unit/vault_change.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

using namespace grantlink;
using test::assertEqual;

namespace {

struct Opened {
    test::TemporaryDirectory directory;
    LmdbVault vault{directory.path(), std::make_shared<const MasterKeyring>(
                                          *MasterKeys::parse(generateKeyFiles().master, "k"))};

    void write(const std::function<void(VaultWriter&)>& what) { test::change(vault, what); }

    EventPage page(const Uuid& connection, std::optional<std::uint64_t> before = {},
                   std::size_t limit = 100) {
        EventPage out;
        vault.read(
            [&](const VaultReader& reader) { out = reader.eventsOf(connection, before, limit); });
        return out;
    }

    std::vector<std::uint64_t> numbersAfter(std::uint64_t after, std::size_t limit = 100) {
        std::vector<std::uint64_t> out;
        vault.read([&](const VaultReader& reader) {
            reader.eachEvent(after, limit,
                             [&](const Event& event) { out.push_back(event.number); });
        });
        return out;
    }
};

Event eventOf(const Uuid& connection, EventKind kind, TimeMs time = 1000) {
    return {.time = time, .kind = kind, .connection = connection};
}

std::vector<std::uint64_t> numbersIn(const EventPage& page) {
    std::vector<std::uint64_t> out;
    for (const Event& event : page.events)
        out.push_back(event.number);
    return out;
}

using Numbers = std::vector<std::uint64_t>;

void recordsComeBack(void**) {
    Event event = eventOf(Uuid::v7(), EventKind::vended, 1234);
    event.attempt = Uuid::v7();
    event.actor = {ActorKind::user, 1000, 4711, "deploy", "alice \"a\" \xc3\xa9"};
    event.detail = "one line";
    const auto back = decodeEvent(7, encodeEvent(event));
    assert_true(back.has_value());
    assert_int_equal(back->number, 7);
    assert_int_equal(back->time, 1234);
    assert_true(back->kind == EventKind::vended && back->connection == event.connection);
    assert_true(back->attempt == event.attempt && back->actor.kind == ActorKind::user);
    assert_int_equal(back->actor.uid, 1000);
    assert_int_equal(back->actor.pid, 4711);
    assertEqual(back->actor.user, "deploy");
    assertEqual(back->actor.remoteUser, event.actor.remoteUser);
    assertEqual(back->detail, "one line");
    const auto bare = decodeEvent(1, encodeEvent(eventOf(event.connection, EventKind::active)));
    assert_true(bare && !bare->attempt && bare->actor.kind == ActorKind::grantlinkd);
    for (int kind = 0; kind <= static_cast<int>(EventKind::tokenGivenBack); ++kind) {
        const auto each =
            decodeEvent(1, encodeEvent(eventOf(event.connection, static_cast<EventKind>(kind))));
        assert_true(each && each->kind == static_cast<EventKind>(kind));
    }
}

void othersAreNone(void**) {
    const std::string good = encodeEvent(eventOf(Uuid::v7(), EventKind::created));
    assert_true(decodeEvent(1, good).has_value());
    for (std::size_t length = 0; length < good.size(); ++length)
        assert_false(decodeEvent(1, good.substr(0, length)).has_value());
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string out = good;
        return out.replace(out.find(from), from.size(), to);
    };
    assert_false(decodeEvent(1, changed("\"v\":1", "\"v\":2")).has_value());
    assert_false(decodeEvent(1, changed("\"created\"", "\"pondered\"")).has_value());
    assert_false(decodeEvent(1, changed("\"grantlinkd\"", "\"nobody\"")).has_value());
    assert_false(decodeEvent(1, changed("\"connection\":\"0", "\"connection\":\"x")).has_value());
}

void eachConnectionHasItsOwn(void**) {
    Opened opened;
    const Uuid a = Uuid::v7(1000), b = Uuid::v7(2000), c = Uuid::v7(3000);
    for (const Uuid& id : {a, b, a, a, b, a})
        opened.write([id](VaultWriter& vault) { vault.record(eventOf(id, EventKind::vended)); });
    assert_true(numbersIn(opened.page(a)) == Numbers({6, 4, 3, 1}));
    assert_true(numbersIn(opened.page(b)) == Numbers({5, 2}));
    assert_true(opened.page(c).events.empty() && !opened.page(c).next);
    const EventPage first = opened.page(a, {}, 3);
    assert_true(numbersIn(first) == Numbers({6, 4, 3}) && first.next == 3u);
    const EventPage second = opened.page(a, first.next, 3);
    assert_true(numbersIn(second) == Numbers({1}) && !second.next);
    assert_true(!opened.page(a, {}, 4).next); // all of them fit
    assert_true(opened.numbersAfter(4) == Numbers({5, 6}));
    assert_true(opened.numbersAfter(0, 2) == Numbers({1, 2}));
    assert_true(opened.numbersAfter(6).empty());
}

// What fails leaves no line, and no hole in the numbers.
void aChangeThatFailsIsNotTold(void**) {
    Opened opened;
    int told = 0;
    opened.vault.onEvents([&] { ++told; });
    const Uuid id = Uuid::v7();
    const auto fails = [id](VaultWriter& vault) {
        vault.record(eventOf(id, EventKind::removed));
        throw std::runtime_error("no");
    };
    bool failed = false;
    try {
        opened.write(fails);
    } catch (const std::runtime_error&) {
        failed = true;
    }
    assert_true(failed);
    assert_int_equal(told, 0);
    opened.write([](VaultWriter&) {});
    assert_int_equal(told, 0);
    opened.write([id](VaultWriter& vault) { vault.record(eventOf(id, EventKind::created)); });
    assert_int_equal(told, 1);
    assert_true(numbersIn(opened.page(id)) == Numbers({1}));
}

void oldOnesAreForgotten(void**) {
    Opened opened;
    const Uuid id = Uuid::v7();
    opened.write([id](VaultWriter& vault) {
        for (TimeMs time : {100, 200, 300, 250, 400})
            vault.record(eventOf(id, EventKind::vended, time));
    });
    const auto oldest = [&] {
        std::optional<TimeMs> out;
        opened.vault.read([&](const VaultReader& vault) { out = vault.oldestEvent(); });
        return out;
    };
    assert_true(oldest() == TimeMs{100});
    opened.write([](VaultWriter& vault) { assert_int_equal(vault.pruneEvents(300, 100), 2); });
    assert_true(numbersIn(opened.page(id)) == Numbers({5, 4, 3}));
    opened.write([](VaultWriter& vault) { assert_int_equal(vault.pruneEvents(9999, 1), 1); });
    opened.write([](VaultWriter& vault) { assert_int_equal(vault.pruneEvents(9999, 100), 1); });
    assert_true(numbersIn(opened.page(id)) == Numbers({5})); // the newest stays
    assert_false(oldest().has_value());
    opened.write([id](VaultWriter& vault) { vault.record(eventOf(id, EventKind::vended)); });
    assert_true(numbersIn(opened.page(id)) == Numbers({6, 5}));
}

// An attempt that is run again is told once, and a flood of made-up ones is not kept for ever.
void attemptsAreToldOnce(void**) {
    Opened opened;
    Connection connection;
    connection.id = Uuid::v7();
    opened.write([&](VaultWriter& vault) { vault.putConnection(connection); });
    const TimeMs began = nowMs() - 5000;
    const Approval approval{.kind = ApprovalKind::code,
                            .edgeKey = 1,
                            .sealKey = 1,
                            .connection = connection.id,
                            .generation = 1,
                            .received = began + 3000,
                            .payload = {}};
    const Uuid attempt = Uuid::v7(began);
    const auto twice = [&](VaultWriter& vault) {
        for (int i = 0; i < 2; ++i) {
            recordArrival(vault, attempt, approval);
            recordExchange(vault, attempt, connection.id);
            recordOutcome(vault, attempt, connection.id, Outcome::wrongAccount, "@adidas");
        }
    };
    opened.write(twice);
    const std::vector<Event> events = opened.page(connection.id).events;
    assert_int_equal(events.size(), 4);
    assert_true(events[3].kind == EventKind::started && events[3].time == began);
    assert_true(events[2].kind == EventKind::approved && events[2].time == began + 3000);
    assert_true(events[2].actor.kind == ActorKind::recipient && events[2].attempt == attempt);
    assert_true(events[1].kind == EventKind::exchanged);
    assert_true(events[0].kind == EventKind::attemptFailed);
    assertEqual(events[0].detail, "wrong_account"); // and not whose

    opened.write([&](VaultWriter& vault) {
        for (int i = 0; i < 200; ++i)
            recordArrival(vault, Uuid::v7(nowMs() + 9'000'000), approval);
    });
    assert_int_equal(opened.page(connection.id, {}, 1000).events.size(), 96);
    assert_true(opened.page(connection.id).events[0].time <= nowMs());
    opened.write([&](VaultWriter& vault) {
        recordOutcome(vault, Uuid::v7(), connection.id, Outcome::declined, "");
        recordOutcome(vault, Uuid::v7(), connection.id, Outcome::connected, "");
        recordOutcome(vault, Uuid::v7(), Uuid::v7(), Outcome::connected, ""); // not there
    });
    const std::vector<Event> after = opened.page(connection.id, {}, 1000).events;
    assert_int_equal(after.size(), 97);
    assert_true(after[0].kind == EventKind::active);
    assert_int_equal(opened.numbersAfter(0, 1000).size(), 97);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(recordsComeBack),         cmocka_unit_test(othersAreNone),
        cmocka_unit_test(eachConnectionHasItsOwn), cmocka_unit_test(aChangeThatFailsIsNotTold),
        cmocka_unit_test(oldOnesAreForgotten),     cmocka_unit_test(attemptsAreToldOnce)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
