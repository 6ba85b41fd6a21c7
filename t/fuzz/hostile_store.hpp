// An LMDB environment with entries of the fuzzer's choice, as somebody who may write to the file
// could leave it. In memory where there is a file system for that.
#pragma once

#include "shared/lmdb.hpp"

#include "t/fuzz/fuzz.hpp"
#include "t/unit/temporary_directory.hpp"

#include <filesystem>
#include <span>

namespace grantlink::fuzz {

class HostileStore {
  public:
    // `name` is the environment's directory below the store.
    explicit HostileStore(const std::string& name) : environment_(path() + "/" + name) {
        std::filesystem::create_directory(environment_);
    }

    const std::string& path() const { return directory_.path(); }

    struct DatabaseKind {
        const char* name;
        unsigned flags = 0; // LMDB's, of mdb_dbi_open
    };

    // One entry each: which database, whose key (16 bytes, or any), and the value.
    void fill(Input& in, std::span<const DatabaseKind> kinds, std::size_t count) {
        const lmdb::Environment environment(environment_, {.mapSize = std::size_t{1} << 24});
        lmdb::WriteTransaction write(environment);
        for (; count > 0 && !in.empty(); --count) {
            const DatabaseKind& kind = kinds[in.integer<std::uint8_t>() % kinds.size()];
            const Uuid id = in.uuid();
            const std::string_view other = in.text();
            const std::string_view value = in.longText();
            const Bytes key = other.empty() ? Bytes(id.bytes) : bytesOf(other);
            if ((kind.flags & MDB_DUPSORT) && value.empty())
                continue; // of several values none can be empty
            write.put(write.open(kind.name, kind.flags), key, bytesOf(value));
        }
        write.commit();
    }

  private:
    struct InMemory {
        InMemory() {
            if (std::filesystem::is_directory("/dev/shm"))
                setenv("TMPDIR", "/dev/shm", 1);
        }
    };

    InMemory first_;
    test::TemporaryDirectory directory_;
    std::string environment_;
};

} // namespace grantlink::fuzz
