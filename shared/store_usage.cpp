#include "shared/store_usage.hpp"

#include <cctype>
#include <cstring>

namespace grantlink {

namespace {

constexpr lmdb::Database freeList = 0; // LMDB's own database of pages that can be used again

// Each record of the free list is a count of pages, followed by their numbers.
std::uint64_t freePages(const lmdb::ReadTransaction& read) {
    std::uint64_t out = 0;
    lmdb::Cursor cursor(read, freeList);
    for (auto entry = cursor.first(); entry; entry = cursor.next()) {
        std::size_t pages = 0;
        if (entry->second.size() >= sizeof pages)
            std::memcpy(&pages, entry->second.data(), sizeof pages);
        out += pages;
    }
    return out;
}

// LMDB hands the reader table out as text only: a heading, then a line for each slot, which starts
// with the process id.
int countReader(const char* line, void* count) {
    while (*line == ' ')
        ++line;
    if (std::isdigit(static_cast<unsigned char>(*line)))
        ++*static_cast<std::uint64_t*>(count);
    return 0;
}

} // namespace

StoreUsage usageOf(const lmdb::Environment& env, NamedDatabases databases) {
    StoreUsage out;
    mdb_reader_list(env.get(), countReader, &out.readers); // before our own transaction takes one
    const lmdb::ReadTransaction read(env);
    MDB_envinfo info;
    MDB_stat stat;
    mdb_env_info(env.get(), &info); // neither fails for an open environment
    mdb_env_stat(env.get(), &stat);
    // A writer may commit between the two looks; then a difference of nothing is the better answer.
    const std::uint64_t pages = info.me_last_pgno + 1, unused = freePages(read);
    out.usedBytes = (pages > unused ? pages - unused : 0) * stat.ms_psize;
    out.mapBytes = info.me_mapsize;
    out.maxReaders = info.me_maxreaders;
    for (const auto& [name, database] : databases)
        out.entries.emplace_back(name, read.count(database));
    return out;
}

} // namespace grantlink
