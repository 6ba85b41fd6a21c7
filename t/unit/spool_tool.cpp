// For tests: what other processes can do to an edge store at the worst moment.
//
//   spool_tool hold EDGE_STORE   holds the writer lock until a line comes, or standard input ends
//   spool_tool fill EDGE_STORE   leaves no room for another write
//   spool_tool future EDGE_STORE has links/ say that it is of a schema of the future
#include "shared/byte_order.hpp"
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

void future(const std::string& directory) {
    const lmdb::Environment env(directory, {});
    lmdb::WriteTransaction write(env);
    std::uint8_t schema[4];
    storeLittleEndian(schema, std::uint32_t{999});
    write.put(write.open("meta"), bytesOf("schema"), schema);
    write.commit();
    std::puts("future");
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view command = argc == 3 ? argv[1] : "";
    try {
        const std::string store = argc == 3 ? argv[2] : "";
        if (command == "hold")
            hold(store + "/spool");
        else if (command == "fill")
            fill(store + "/spool");
        else if (command == "future")
            future(store + "/links");
        else
            throw std::runtime_error("usage: spool_tool hold|fill|future EDGE_STORE");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "spool_tool: %s\n", error.what());
        return 1;
    }
    return 0;
}
