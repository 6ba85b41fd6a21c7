#include "shared/lmdb.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>

namespace grantlink::lmdb {

namespace {

void check(int code, const char* doing, const std::string& path) {
    if (code == MDB_SUCCESS)
        return;
    if (code == MDB_MAP_FULL)
        throw StoreFull(code, doing, path);
    throw LmdbError(code, doing, path);
}

MDB_val value(Bytes bytes) {
    return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}

Bytes bytes(const MDB_val& value) {
    return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

const std::string& pathOf(MDB_txn* txn) {
    static thread_local std::string path;
    const char* raw = nullptr;
    mdb_env_get_path(mdb_txn_env(txn), &raw);
    path = raw ? raw : "";
    return path;
}

std::string dataFile(const std::string& directory) {
    return directory + "/data.mdb";
}

} // namespace

LmdbError::LmdbError(int code, const std::string& doing, const std::string& path)
    : std::runtime_error(path + ": " + doing + ": " + mdb_strerror(code)), code_(code) {}

Environment::Environment(const std::string& directory, const EnvironmentOptions& options)
    : directory_(directory) {
    MDB_env* env = nullptr;
    check(mdb_env_create(&env), "create environment", directory);
    env_.reset(env);
    check(mdb_env_set_maxdbs(env, options.maxDatabases), "set databases", directory);
    check(mdb_env_set_maxreaders(env, 1024), "set readers", directory);
    if (!options.readOnly)
        check(mdb_env_set_mapsize(env, options.mapSize), "set map size", directory);
    const unsigned flags = MDB_NOTLS | (options.readOnly ? unsigned{MDB_RDONLY} : 0u) |
                           (options.isFile ? unsigned{MDB_NOSUBDIR | MDB_NOLOCK} : 0u);
    check(mdb_env_open(env, directory.c_str(), flags, options.mode), "open", directory);

    struct stat info {};

    if (::stat(dataFile(directory).c_str(), &info) == 0) {
        device_ = info.st_dev;
        inode_ = info.st_ino;
    }
}

bool Environment::fileIsCurrent() const {
    struct stat info {};

    return ::stat(dataFile(directory_).c_str(), &info) == 0 && info.st_dev == device_ &&
           info.st_ino == inode_;
}

void Environment::readInLargePages() const {
#if defined(MADV_HUGEPAGE) && defined(MADV_POPULATE_READ)
    constexpr std::size_t piece = std::size_t{32} << 20;
    mdb_filehandle_t file;
    check(mdb_env_get_fd(env_.get(), &file), "get file", directory_);

    struct stat info {};

    if (::fstat(file, &info) != 0)
        return;
    const auto all = static_cast<std::size_t>(info.st_size);
    for (std::size_t at = 0; at < all; at += piece) {
        const std::size_t size = std::min(piece, all - at);
        const auto offset = static_cast<off_t>(at);
        ::posix_fadvise(file, offset, static_cast<off_t>(size), POSIX_FADV_DONTNEED);
        void* const map = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, offset);
        if (map == MAP_FAILED)
            return;
        ::madvise(map, size, MADV_HUGEPAGE);
        ::madvise(map, size, MADV_POPULATE_READ);
        ::munmap(map, size);
    }
#endif
}

void Environment::copyTo(int file) const {
    check(mdb_env_copyfd2(env_.get(), file, MDB_CP_COMPACT), "copy", directory_);
}

int Environment::clearStaleReaders() {
    int dead = 0;
    check(mdb_reader_check(env_.get(), &dead), "check readers", directory_);
    return dead;
}

Transaction::Transaction(const Environment& env, MDB_txn* parent, unsigned flags) : env_(env) {
    check(mdb_txn_begin(env.get(), parent, flags, &txn_), "begin", env.directory());
}

Transaction::~Transaction() {
    if (txn_)
        mdb_txn_abort(txn_);
}

std::optional<Bytes> Transaction::get(Database database, Bytes key) const {
    MDB_val k = value(key), v;
    const int code = mdb_get(txn_, database, &k, &v);
    if (code == MDB_NOTFOUND || code == MDB_BAD_VALSIZE) // no store has a key of that length
        return std::nullopt;
    check(code, "get", env_.directory());
    return bytes(v);
}

bool Transaction::hasValue(Database database, Bytes key, Bytes data) const {
    MDB_cursor* cursor = nullptr;
    check(mdb_cursor_open(txn_, database, &cursor), "open cursor", env_.directory());
    MDB_val k = value(key), v = value(data);
    const int code = mdb_cursor_get(cursor, &k, &v, MDB_GET_BOTH);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        return false;
    check(code, "get", env_.directory());
    return true;
}

std::size_t Transaction::count(Database database) const {
    MDB_stat stat;
    check(mdb_stat(txn_, database, &stat), "stat", env_.directory());
    return stat.ms_entries;
}

std::optional<Database> ReadTransaction::open(const char* name) {
    Database out;
    const int code = mdb_dbi_open(txn_, name, 0, &out);
    if (code == MDB_NOTFOUND)
        return std::nullopt;
    check(code, "open database", env_.directory());
    return out;
}

void ReadTransaction::reset() {
    mdb_txn_reset(txn_);
    hasSnapshot_ = false;
}

void ReadTransaction::renew() {
    check(mdb_txn_renew(txn_), "renew", env_.directory());
    hasSnapshot_ = true;
}

void ReadTransaction::commit() {
    check(mdb_txn_commit(std::exchange(txn_, nullptr)), "commit", env_.directory());
}

Database WriteTransaction::open(const char* name, unsigned flags) {
    Database out;
    check(mdb_dbi_open(txn_, name, MDB_CREATE | flags, &out), "open database", env_.directory());
    return out;
}

void WriteTransaction::put(Database database, Bytes key, Bytes data) {
    MDB_val k = value(key), v = value(data);
    check(mdb_put(txn_, database, &k, &v, 0), "put", env_.directory());
}

bool WriteTransaction::putNew(Database database, Bytes key, Bytes data) {
    MDB_val k = value(key), v = value(data);
    const int code = mdb_put(txn_, database, &k, &v, MDB_NOOVERWRITE);
    if (code == MDB_KEYEXIST)
        return false;
    check(code, "put", env_.directory());
    return true;
}

void WriteTransaction::append(Database database, Bytes key, Bytes data) {
    MDB_val k = value(key), v = value(data);
    check(mdb_put(txn_, database, &k, &v, MDB_APPEND), "append", env_.directory());
}

bool WriteTransaction::remove(Database database, Bytes key) {
    MDB_val k = value(key);
    const int code = mdb_del(txn_, database, &k, nullptr);
    if (code == MDB_NOTFOUND)
        return false;
    check(code, "delete", env_.directory());
    return true;
}

bool WriteTransaction::remove(Database database, Bytes key, Bytes data) {
    MDB_val k = value(key), v = value(data);
    const int code = mdb_del(txn_, database, &k, &v);
    if (code == MDB_NOTFOUND)
        return false;
    check(code, "delete", env_.directory());
    return true;
}

void WriteTransaction::clear(Database database) {
    check(mdb_drop(txn_, database, 0), "clear", env_.directory());
}

void WriteTransaction::commit() {
    check(mdb_txn_commit(std::exchange(txn_, nullptr)), "commit", env_.directory());
}

Cursor::Cursor(const Transaction& transaction, Database database) {
    MDB_cursor* cursor = nullptr;
    check(mdb_cursor_open(transaction.get(), database, &cursor), "open cursor",
          pathOf(transaction.get()));
    cursor_.reset(cursor);
}

std::optional<Cursor::Entry> Cursor::move(MDB_cursor_op operation, Bytes key) {
    MDB_val k = value(key), v;
    const int code = mdb_cursor_get(cursor_.get(), &k, &v, operation);
    if (code == MDB_NOTFOUND)
        return std::nullopt;
    check(code, "move cursor", pathOf(mdb_cursor_txn(cursor_.get())));
    return Entry{bytes(k), bytes(v)};
}

std::size_t Cursor::duplicates(Bytes key) {
    MDB_val k = value(key), v;
    const int found = mdb_cursor_get(cursor_.get(), &k, &v, MDB_SET);
    if (found == MDB_NOTFOUND)
        return 0;
    std::size_t out = 0;
    check(found, "move cursor", pathOf(mdb_cursor_txn(cursor_.get())));
    check(mdb_cursor_count(cursor_.get(), &out), "count", pathOf(mdb_cursor_txn(cursor_.get())));
    return out;
}

} // namespace grantlink::lmdb
