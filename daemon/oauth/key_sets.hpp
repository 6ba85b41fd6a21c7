// The keys with which providers sign (JWKS, RFC 7517, section 5), fetched when they are needed.
//
// Kept for an hour. A key that is not among them is looked for once more, since providers rotate
// theirs, but not again and again: an ID token must not make us flood its provider. Of a set the
// first 64 keys of a kind and size that are in use are kept, because a hostile one would hold up
// the loop: RSA of 2,048 to 8,192 bits with an exponent of at most 32, or on an elliptic curve.
//
// Thread: the loop's.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/step.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace grantlink {

class KeySets {
  public:
    // `newer`: for a signature that none of the known ones has made. Also a key without an id, or
    // of one that was there before, can be another by now.
    enum class Look { known, newer };

    // The keys of that id, or all when the id is empty; none when there is no such key. `client`
    // fetches them if need be, and outlives it.
    boost::asio::awaitable<StepResult<std::vector<Json>>>
    find(DpopClient& client, std::string url, Reach reach, std::string keyId, Look look);

  private:
    struct Entry {
        std::vector<Json> keys;
        std::chrono::steady_clock::time_point fetched;
    };

    boost::asio::awaitable<StepResult<Entry>> fetch(DpopClient& client, std::string url,
                                                    Reach reach);

    std::map<std::string, Entry> entries_; // by URL
};

} // namespace grantlink
