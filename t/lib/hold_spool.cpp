// Holds the writer lock of an edge store's spool, as a process does that is slow to commit: nginx's
// own writes wait in its thread pool until standard input ends.
#include "shared/lmdb.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: hold_spool EDGE_STORE\n");
        return 2;
    }
    const grantlink::lmdb::Environment spool(std::string(argv[1]) + "/spool", {.mode = 0660});
    const grantlink::lmdb::WriteTransaction lock(spool);
    std::puts("held");
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
}
