#include "daemon/vault/vault_backup.hpp"

#include "daemon/text/rfc3339.hpp"
#include "daemon/vault/lmdb_tables.hpp"
#include "daemon/vault/vault_check.hpp"
#include "daemon/vault/vault_schema.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <future>
#include <stdexcept>

namespace grantlink {

namespace {

using Hash = std::array<std::uint8_t, 32>;

constexpr char label[32] = "grantlink vault backup v1";
constexpr std::uint64_t trailerSize = sizeof label + sizeof(Hash);
constexpr std::size_t pieceSize = std::size_t{1} << 20;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

struct Fd {
    int number;

    explicit Fd(int opened) : number(opened) {}

    ~Fd() { ::close(number); }

    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
};

std::uint64_t sizeOf(int file) {
    struct stat info {};

    if (::fstat(file, &info) != 0)
        fail("the file's size cannot be read");
    return static_cast<std::uint64_t>(info.st_size);
}

void writeAll(int file, Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail("the file cannot be written");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

// Reads `size` bytes from the file's beginning.
void eachPiece(int file, std::uint64_t size, const std::function<void(Bytes)>& visit) {
    std::vector<std::uint8_t> piece(pieceSize);
    for (std::uint64_t at = 0; at < size;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(pieceSize, size - at));
        const ssize_t count = ::pread(file, piece.data(), wanted, static_cast<off_t>(at));
        if (count <= 0)
            fail("the file cannot be read");
        visit(Bytes(piece).first(static_cast<std::size_t>(count)));
        at += static_cast<std::uint64_t>(count);
    }
}

class Hasher {
  public:
    Hasher() { crypto_generichash_init(&state_, nullptr, 0, sizeof(Hash)); }

    void add(Bytes bytes) { crypto_generichash_update(&state_, bytes.data(), bytes.size()); }

    Hash end() {
        Hash out;
        crypto_generichash_final(&state_, out.data(), out.size());
        return out;
    }

  private:
    crypto_generichash_state state_;
};

Bytes labelBytes() {
    return {reinterpret_cast<const std::uint8_t*>(label), sizeof label};
}

// How much of a backup is the vault. Throws when it is none, or not as it was written; `visit`
// gets all of the vault before that is known.
std::uint64_t readBackup(int file, const std::function<void(Bytes)>& visit) {
    const std::uint64_t size = sizeOf(file);
    std::array<std::uint8_t, trailerSize> trailer{};
    const bool labelled =
        size > trailerSize &&
        ::pread(file, trailer.data(), trailerSize, static_cast<off_t>(size - trailerSize)) ==
            static_cast<ssize_t>(trailerSize) &&
        std::memcmp(trailer.data(), label, sizeof label) == 0;
    if (!labelled)
        throw std::runtime_error("this is not a backup of a vault, or its end is missing; take one "
                                 "that 'grantlink backup' has finished");
    Hasher hasher;
    eachPiece(file, size - trailerSize, [&](Bytes piece) {
        hasher.add(piece);
        visit(piece);
    });
    hasher.add(labelBytes());
    const Hash hash = hasher.end();
    if (std::memcmp(hash.data(), &trailer[sizeof label], hash.size()) != 0)
        throw std::runtime_error("the backup was changed since it was made; take another one");
    return size - trailerSize;
}

VaultReport reportOf(const lmdb::Environment& env, const MasterKeys& keys,
                     const CopyListing* files) {
    lmdb::ReadTransaction read(env);
    const VaultTables tables = findTables(read, env.directory());
    return checkVault(read, tables, keys, files);
}

// Of whatever schema it was. Copies are not in a backup: those whose files are not there are made
// again.
void bringUpToDate(const std::string& file, const MasterKeys& keys, const CopyListing& files,
                   Restored& out) {
    const lmdb::Environment env(
        file, {.mapSize = vaultMapSize, .maxDatabases = vaultMaxDatabases, .isFile = true});
    lmdb::WriteTransaction write(env);
    const VaultTables tables = openTables(write, file, keys);
    LmdbVaultWriter writer(write, tables, keys);
    out.missingCopies = forgetMissingCopies(writer, files);
    out.report = checkVault(write, tables, keys);
    write.commit();
}

void syncDirectory(const std::string& directory) {
    const Fd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.number < 0 || ::fsync(opened.number) != 0)
        fail(directory);
}

std::string copyInto(const std::string& directory, int backup) {
    const std::string path = directory + "/data.mdb.restoring";
    const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.number < 0)
        fail(path);
    try {
        readBackup(backup, [&](Bytes piece) { writeAll(file.number, piece); });
        if (::fsync(file.number) != 0)
            fail(path);
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
    return path;
}

// The old data file keeps a name of its own. The lock file goes: somebody may still read the old.
std::string install(const std::string& directory, const std::string& fresh) {
    const std::string data = directory + "/data.mdb";
    const std::string name = data + ".before-" + rfc3339(nowMs());
    std::string previous = name;
    int linked = ::link(data.c_str(), previous.c_str());
    for (int more = 2; linked != 0 && errno == EEXIST; ++more) { // the second in one second
        previous = name + "-" + std::to_string(more);
        linked = ::link(data.c_str(), previous.c_str());
    }
    if (linked != 0) {
        if (errno != ENOENT)
            fail(previous);
        previous.clear();
    }
    if (::rename(fresh.c_str(), data.c_str()) != 0)
        fail(data);
    ::unlink((directory + "/lock.mdb").c_str());
    syncDirectory(directory);
    return previous;
}

} // namespace

void backUpVault(const std::string& directory, int file,
                 const std::function<void(std::uint64_t)>& progress) {
    using namespace std::chrono_literals;
    const lmdb::Environment env(directory, {.maxDatabases = vaultMaxDatabases, .readOnly = true});
    auto copying = std::async(std::launch::async, [&] { env.copyTo(file); });
    while (copying.wait_for(200ms) != std::future_status::ready)
        progress(sizeOf(file));
    copying.get();
    Hasher hasher;
    eachPiece(file, sizeOf(file), [&](Bytes piece) { hasher.add(piece); });
    hasher.add(labelBytes());
    if (::lseek(file, 0, SEEK_END) < 0)
        fail("the file cannot be written");
    writeAll(file, labelBytes());
    writeAll(file, hasher.end());
    if (::fsync(file) != 0)
        fail("the file cannot be written");
    progress(sizeOf(file));
}

VaultReport checkVaultAt(const std::string& directory, const MasterKeys& keys) {
    const CopyListing files = listCopies(directory);
    return reportOf({directory, {.maxDatabases = vaultMaxDatabases, .readOnly = true}}, keys,
                    &files);
}

VaultReport checkBackup(const std::string& path, const MasterKeys& keys) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number < 0)
        fail(path);
    readBackup(file.number, [](Bytes) {});
    return reportOf({path, {.maxDatabases = vaultMaxDatabases, .readOnly = true, .isFile = true}},
                    keys, nullptr);
}

Restored restoreVault(int backup, const std::string& directory, const MasterKeys& keys,
                      bool force) {
    const VaultLock lock(directory);
    const std::string fresh = copyInto(directory, backup);
    Restored out;
    try {
        bringUpToDate(fresh, keys, listCopies(directory), out);
    } catch (...) {
        ::unlink(fresh.c_str());
        throw;
    }
    out.installed = out.report.wrong == 0 || force;
    if (out.installed)
        out.previous = install(directory, fresh);
    else
        ::unlink(fresh.c_str());
    return out;
}

} // namespace grantlink
