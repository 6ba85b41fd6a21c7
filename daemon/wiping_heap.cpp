// All memory of the heap is overwritten before it is given back.
//
// A token passes through many hands on its way between provider, vault and caller: libcurl's
// buffers, jansson's values, Beast's messages, strings of the standard library, OpenSSL. Each would
// have to wipe, on every path; here it is done once, behind all of them, whoever they are: the
// process has one heap, and free() and realloc() are the only ways out of it. operator delete ends
// in free() too.
//
// glibc lets a program put its own functions in the place of these, and keeps its own under the
// names below. A build with sanitizers has a heap of theirs, and goes without this file.
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

extern "C" {
void __libc_free(void* memory);
void* __libc_malloc(std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
}

namespace {

constexpr std::size_t large = 128 * 1024;

void wipe(void* memory, std::size_t size) noexcept {
    if (size < large)
        return explicit_bzero(memory, size);
    // LMDB takes 2 MB for each nested transaction, and writes to a page or two of it. The system
    // takes back what was never there for nothing, and gives zeros for the rest.
    const std::uintptr_t page = static_cast<std::uintptr_t>(::getpagesize());
    const auto begin = reinterpret_cast<std::uintptr_t>(memory), end = begin + size;
    const std::uintptr_t first = (begin + page - 1) / page * page, last = end / page * page;
    const int before = errno; // which free() leaves as it is
    if (::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED) != 0)
        explicit_bzero(memory, size); // as where all memory is locked
    errno = before;
    explicit_bzero(memory, first - begin);
    explicit_bzero(reinterpret_cast<void*>(last), end - last);
}

} // namespace

extern "C" {

void free(void* memory) noexcept {
    if (!memory)
        return;
    wipe(memory, malloc_usable_size(memory));
    __libc_free(memory);
}

void* realloc(void* memory, std::size_t size) noexcept {
    if (!memory)
        return __libc_malloc(size);
    const std::size_t before = malloc_usable_size(memory);
    if (size > 0 && size <= before) { // what is cut off; the rest stays where it is
        wipe(static_cast<char*>(memory) + size, before - size);
        return __libc_realloc(memory, size);
    }
    void* const moved = size > 0 ? __libc_malloc(size) : nullptr;
    if (size > 0 && !moved)
        return nullptr;
    if (moved)
        std::memcpy(moved, memory, before);
    free(memory);
    return moved;
}
}
