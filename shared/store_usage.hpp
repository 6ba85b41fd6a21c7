// How full an LMDB environment is, as a reader sees it. Takes no lock and waits for nobody.
// Errors: lmdb::LmdbError.
#pragma once

#include "shared/lmdb.hpp"

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink {

struct StoreUsage {
    std::uint64_t usedBytes = 0; // pages that hold something
    std::uint64_t mapBytes = 0;  // what may be used; a write beyond it is lmdb::StoreFull
    std::uint64_t readers = 0;   // taken slots of the reader table, of all processes
    std::uint64_t maxReaders = 0;
    std::vector<std::pair<std::string_view, std::uint64_t>> entries; // by database
};

// The names are kept as they are given: literals.
using NamedDatabases = std::initializer_list<std::pair<const char*, lmdb::Database>>;

StoreUsage usageOf(const lmdb::Environment& env, NamedDatabases databases);

} // namespace grantlink
