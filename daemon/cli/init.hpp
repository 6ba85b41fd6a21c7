// `grantlink init`: the files and directories that a new installation needs.
#pragma once

#include <string>

namespace grantlink {

struct InitOptions {
    std::string dir = "/etc/grantlink";       // configuration and keys
    std::string state = "/var/lib/grantlink"; // stores
    std::string run = "/run/grantlink";       // sockets
    std::string publicUrl;                    // origin of the links; empty: to be filled in
    std::string user;                         // owns all of it; empty: who runs init
    std::string edgeGroup = "www-data";       // group of the nginx workers
    bool force = false;                       // replace what is there
};

// Returns the exit code of the program.
int initCommand(const InitOptions& options);

} // namespace grantlink
