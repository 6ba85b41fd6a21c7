// For tests: what other processes can do to an edge store at the worst moment.
//
//   edge_tool hold EDGE_STORE   holds the writer lock until a line comes, or standard input ends
//   edge_tool fill EDGE_STORE   leaves no room for another write
//   edge_tool future EDGE_STORE has links/ say that it is of a schema of the future
//   edge_tool damage EDGE_STORE has links/ say that it has more buckets than can be
//
// And what nobody can do who has no key:
//
//   edge_tool state EDGE_KEY CONNECTION SECONDS   a state of an attempt that began so long ago
#include "shared/attempt.hpp"
#include "shared/byte_order.hpp"
#include "shared/link_bucket.hpp"
#include "shared/lmdb.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

using namespace grantlink;

// LMDB forgets its list of free pages when a transaction has outgrown the map.
extern "C" const char* __asan_default_options() {
    return "detect_leaks=0";
}

namespace {

void hold(const std::string& directory) {
    const lmdb::Environment env(directory, {});
    const lmdb::WriteTransaction write(env);
    std::puts("held");
    std::fflush(stdout);
    std::getchar();
}

// False: there is no room for an entry of this size.
bool add(MDB_env* env, unsigned number, std::size_t bytes) {
    MDB_txn* write = nullptr;
    MDB_dbi database = 0;
    if (mdb_txn_begin(env, nullptr, 0, &write) != MDB_SUCCESS)
        return false;
    MDB_val key{sizeof number, &number}, value{bytes, nullptr};
    const bool put = mdb_dbi_open(write, "filling", MDB_CREATE, &database) == MDB_SUCCESS &&
                     mdb_put(write, database, &key, &value, MDB_RESERVE) == MDB_SUCCESS;
    if (put)
        return mdb_txn_commit(write) == MDB_SUCCESS;
    mdb_txn_abort(write);
    return false;
}

// With MDB_WRITEMAP, reserved pages stay holes in the file: gigabytes take no time and no disk.
void fill(const std::string& directory) {
    MDB_env* env = nullptr;
    mdb_env_create(&env);
    mdb_env_set_maxdbs(env, 8);
    if (mdb_env_open(env, directory.c_str(), MDB_WRITEMAP | MDB_NOTLS, 0600) != MDB_SUCCESS)
        throw std::runtime_error(directory + ": cannot be opened");
    unsigned number = 0;
    for (std::size_t bytes = std::size_t{1} << 31; bytes >= 16; bytes /= 2)
        while (add(env, number, bytes))
            ++number;
    mdb_env_close(env);
    std::puts("full");
}

void putMeta(const std::string& directory, std::string_view name, Bytes value) {
    const lmdb::Environment env(directory, {});
    lmdb::WriteTransaction write(env);
    write.put(write.open("meta"), bytesOf(name), value);
    write.commit();
}

void future(const std::string& directory) {
    std::uint8_t schema[4];
    storeLittleEndian(schema, std::uint32_t{999});
    putMeta(directory, "schema", schema);
    std::puts("future");
}

void damage(const std::string& directory) {
    putMeta(directory, "spread", bytesOf(LinkSpread{~std::uint32_t{0}, 1}.encode()));
    std::puts("damage");
}

void state(const std::string& keyFile, const std::string& connection, long long seconds) {
    const auto keys = EdgeKeys::load(keyFile);
    const auto id = Uuid::parse(connection);
    if (!keys || !id)
        throw std::runtime_error("there is no such key file or connection");
    const Uuid attempt =
        Uuid::v7(static_cast<TimeMs>(static_cast<long long>(nowMs()) - seconds * 1000));
    const State::Text text = valuesOf({attempt, *id, 1}, keys->current()).state;
    std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
}

void run(int argc, char** argv) {
    const std::string_view command = argc > 1 ? argv[1] : "";
    if (argc == 5 && command == "state")
        return state(argv[2], argv[3], std::stoll(argv[4]));
    const std::string store = argc == 3 ? argv[2] : "";
    if (!store.empty() && command == "hold")
        return hold(store + "/spool");
    if (!store.empty() && command == "fill")
        return fill(store + "/spool");
    if (!store.empty() && command == "future")
        return future(store + "/links");
    if (!store.empty() && command == "damage")
        return damage(store + "/links");
    throw std::runtime_error("usage: edge_tool hold|fill|future|damage EDGE_STORE\n"
                             "       edge_tool state EDGE_KEY CONNECTION SECONDS");
}

} // namespace

int main(int argc, char** argv) {
    try {
        run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "edge_tool: %s\n", error.what());
        return 1;
    }
    return 0;
}
