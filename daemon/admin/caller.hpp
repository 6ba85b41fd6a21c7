// Whoever makes a request of the admin API, as the socket it came by knows them.
#pragma once

#include "daemon/config.hpp"

#include <set>
#include <string>

namespace grantlink {

struct Caller {
    std::string name; // for messages and the log: "user 1000", or who signed in at nginx
    std::set<Role> roles;
    bool console =
        false; // by the console's socket, where no token and no trace is given to anybody
};

} // namespace grantlink
