// What a look at everything in the vault has found.
#pragma once

#include "daemon/json/json.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace grantlink {

struct VaultFault {
    std::string table, key; // the key as people write it: an id, an account, a task
    std::string what;       // for people; holds no secret
};

struct VaultReport {
    static constexpr std::size_t mostListed = 1000;

    std::size_t connections = 0, tokens = 0, attempts = 0, notifications = 0, tasks = 0, copies = 0;
    std::size_t wrong = 0;          // how many faults there are
    std::vector<VaultFault> faults; // the first of them

    void add(VaultFault fault) {
        if (++wrong <= mostListed)
            faults.push_back(std::move(fault));
    }
};

Json toJson(const VaultReport& report);

} // namespace grantlink
