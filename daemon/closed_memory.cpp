#include "daemon/closed_memory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace grantlink {

bool closeMemory() {
    // Where cores go to a program, Linux does not ask for the limit (core(5)). It does ask for the
    // other one, which also forbids ptrace(2) and whatever asks for the same right.
    const rlimit none{0, 0};
    return ::setrlimit(RLIMIT_CORE, &none) == 0 && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

} // namespace grantlink
