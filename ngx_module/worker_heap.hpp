// How glibc's heap is used in a worker that serves links: by all of its sites. Not from the threads
// that write approvals.
#pragma once

namespace grantlink {

// Once, before the first request.
void prepareHeap() noexcept;

// To the system, what is free.
void giveHeapBack() noexcept;

// The same where it is worth the while: what is free at the heap's end is more than glibc would
// have kept by itself.
void giveLargeHeapBack() noexcept;

} // namespace grantlink
