// Keys that are the same in each run, so that a corpus can hold what was made with them. They are
// written here for everybody to read and protect nothing.
#pragma once

#include "shared/base64url.hpp"
#include "shared/keys.hpp"

#include <string>

namespace grantlink::fuzz {

inline std::string keyText(std::uint8_t byte) {
    Key key;
    key.bytes.fill(byte);
    return base64url(key.bytes);
}

inline const MasterKey& masterKey() {
    static const MasterKeys keys =
        *MasterKeys::parse("grantlink-master-key v1\nkey 1 " + keyText(1), "master.key");
    return keys.current();
}

inline const EdgeKeys& edgeKeys() {
    static const EdgeKeys keys =
        *EdgeKeys::parse("grantlink-edge-key v1\nkey 7 " + keyText(7) + "\nkey 6 " + keyText(6) +
                             "\nseal 1 " + base64url(masterKey().sealPublic),
                         "edge.key");
    return keys;
}

} // namespace grantlink::fuzz
