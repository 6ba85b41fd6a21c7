// What in the vault still needs which master key.
#pragma once

#include "shared/keys.hpp"

#include <cstddef>
#include <map>

namespace grantlink {

struct KeyUse {
    std::map<KeyId, std::size_t> tokens, posts; // sealed with it
    std::map<KeyId, std::size_t> links;         // made with it, and waiting for an approval

    bool needs(KeyId id) const {
        return tokens.contains(id) || posts.contains(id) || links.contains(id);
    }
};

} // namespace grantlink
