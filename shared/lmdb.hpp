// LMDB with owned handles. Nothing here knows what is stored.
//
// Error strategy: MDB_NOTFOUND is an empty optional or false; MDB_MAP_FULL is StoreFull, which a
// caller can tell the user about; everything else is an LmdbError, which names the environment.
//
// Threads: an Environment is opened with MDB_NOTLS and may be shared by threads; a transaction and
// what it hands out belong to one thread. Write transactions of all processes exclude each other,
// so begin one only where waiting and an fsync are allowed: never on an event loop.
//
// Fork: open after fork, once a process; LMDB forbids opening one environment twice in a process.
#pragma once

#include "shared/secret.hpp"

#include <lmdb.h>
#include <sys/types.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace grantlink::lmdb {

class LmdbError : public std::runtime_error {
  public:
    LmdbError(int code, const std::string& doing, const std::string& path);

    int code() const { return code_; }

  private:
    int code_;
};

class StoreFull : public LmdbError {
  public:
    using LmdbError::LmdbError;
};

using Database = MDB_dbi;

struct EnvironmentOptions {
    std::size_t mapSize = 0; // bytes of address space, a multiple of the page size; file is sparse
    unsigned maxDatabases = 8;
    bool readOnly = false;
    bool isFile = false; // the path is that of a data file, which nobody else has open
    mode_t mode = 0600;  // of a data file that is made now
};

class Environment {
  public:
    Environment(const std::string& directory, const EnvironmentOptions& options);

    MDB_env* get() const { return env_.get(); }

    const std::string& directory() const { return directory_; }

    // False when data.mdb is no longer the file that was opened: deleted or replaced under us.
    bool fileIsCurrent() const;

    int clearStaleReaders(); // mdb_reader_check; how many there were

    // Writes the data file as it is at this moment, without free pages, to an open file. May be
    // called while others write; takes as long as it takes to write.
    void copyTo(int file) const;

    // After a large commit. What LMDB has written lies in the page cache in pages of 4 KiB; what
    // Linux reads from a file it can keep, and map, in pages of 2 MiB (ext4 from 6.16, XFS, Btrfs).
    // So the file is read again, piece by piece: looking up memory at random then waits far less
    // for the TLB. Only a hint: nothing is lost where it does not help. Reads the whole file.
    void readInLargePages() const;

  private:
    struct Closer {
        void operator()(MDB_env* env) const { mdb_env_close(env); }
    };

    std::string directory_;
    std::unique_ptr<MDB_env, Closer> env_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

// What reads and writes have in common.
class Transaction {
  public:
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // The bytes lie in the map: valid until the transaction ends or, in a write, the next write.
    std::optional<Bytes> get(Database database, Bytes key) const;
    // Whether the value is one of those under the key of an MDB_DUPSORT database.
    bool hasValue(Database database, Bytes key, Bytes value) const;
    std::size_t count(Database database) const; // entries

    std::size_t id() const { return mdb_txn_id(txn_); } // of the snapshot; a commit raises it

    MDB_txn* get() const { return txn_; }

  protected:
    Transaction(const Environment& env, MDB_txn* parent, unsigned flags);
    ~Transaction();

    const Environment& env_;
    MDB_txn* txn_ = nullptr;
};

class ReadTransaction : public Transaction {
  public:
    explicit ReadTransaction(const Environment& env) : Transaction(env, nullptr, MDB_RDONLY) {}

    std::optional<Database> open(const char* name); // nothing: no such database yet

    // Gives the snapshot back and keeps the reader slot; renew() takes a fresh snapshot. Between
    // the two nothing may be read. Cheaper than a new transaction, and pins no old pages.
    void reset();
    void renew();

    bool hasSnapshot() const { return hasSnapshot_; }

    // Ends the transaction and keeps the databases it opened.
    void commit();

  private:
    bool hasSnapshot_ = true;
};

// A fresh snapshot of a transaction that was reset, given back at the end of the scope. Inside the
// scope of another one it is the same.
class Renewed {
  public:
    explicit Renewed(ReadTransaction& read) : read_(read), isFirst_(!read.hasSnapshot()) {
        if (isFirst_)
            read_.renew();
    }

    ~Renewed() {
        if (isFirst_)
            read_.reset();
    }

    Renewed(const Renewed&) = delete;
    Renewed& operator=(const Renewed&) = delete;

  private:
    ReadTransaction& read_;
    bool isFirst_;
};

class WriteTransaction : public Transaction {
  public:
    explicit WriteTransaction(const Environment& env) : Transaction(env, nullptr, 0) {}

    WriteTransaction(const Environment& env, WriteTransaction& parent)
        : Transaction(env, parent.txn_, 0) {}

    Database open(const char* name, unsigned flags = 0); // made when it is not there

    void put(Database database, Bytes key, Bytes value);
    bool putNew(Database database, Bytes key, Bytes value); // false: the key is there already
    void append(Database database, Bytes key, Bytes value); // the key is greater than all others
    bool remove(Database database, Bytes key);              // false: it was not there
    bool remove(Database database, Bytes key, Bytes value); // of an MDB_DUPSORT database

    void clear(Database database); // every entry goes, the database stays

    void commit(); // durable when it returns; without it, the destructor aborts
};

class Cursor {
  public:
    using Entry = std::pair<Bytes, Bytes>;

    Cursor(const Transaction& transaction, Database database);

    std::optional<Entry> first() { return move(MDB_FIRST, {}); }

    std::optional<Entry> last() { return move(MDB_LAST, {}); }

    std::optional<Entry> next() { return move(MDB_NEXT, {}); }

    std::optional<Entry> previous() { return move(MDB_PREV, {}); }

    std::optional<Entry> atOrAfter(Bytes key) { return move(MDB_SET_RANGE, key); }

    std::size_t duplicates(Bytes key); // values under a key of an MDB_DUPSORT database

  private:
    struct Closer {
        void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
    };

    std::optional<Entry> move(MDB_cursor_op operation, Bytes key);

    std::unique_ptr<MDB_cursor, Closer> cursor_;
};

} // namespace grantlink::lmdb
