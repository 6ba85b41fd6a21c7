#include "ngx_module/worker_heap.hpp"

#include <malloc.h>

#include <cstddef>

namespace grantlink {

namespace {

// Bytes. The bench gives nginx without the module the same (t/bench/lib/Grantlink/Bench/Site.pm).
constexpr int keptOnTop = 1 << 20;
constexpr int ownMapping = 128 << 10;          // glibc's default
constexpr std::size_t keptByGlibc = 128 << 10; // likewise

} // namespace

void prepareHeap() noexcept {
    // Commits run on whichever thread of the pool is next, and LMDB keeps the pages it has written
    // for the next commit: without this, one set of them in the arena of each thread.
    mallopt(M_ARENA_MAX, 1);
    // LMDB's lists of pages, some megabytes of which few are touched, are to be mappings of
    // their own also after one was freed: glibc would take the next ones from the heap.
    mallopt(M_MMAP_THRESHOLD, ownMapping);
    // Requests that are served in one turn of the event loop need their memory together, and leave
    // it together. glibc would give it back above 128 KiB, and each turn pay page faults for it.
    mallopt(M_TRIM_THRESHOLD, keptOnTop);
}

void giveHeapBack() noexcept {
    malloc_trim(0);
}

void giveLargeHeapBack() noexcept {
    if (mallinfo2().keepcost > keptByGlibc)
        giveHeapBack();
}

} // namespace grantlink
