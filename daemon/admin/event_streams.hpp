// The audit trail as it grows: GET /v1/events, server-sent events (WHATWG HTML, section 9.2).
//
// Each event's id is its number, from which a client that was cut off goes on. A stream begins with
// what comes next, unless the client says from where. At most 32 at a time; a comment goes out
// every 15 s, so that one whose client is gone ends, and the server ends one that does not read.
// All end when the daemon stops or its settings change: whoever may still read comes again.
//
// Errors: a Problem for whatever the caller did wrong. Thread: the loop's.
#pragma once

#include "daemon/net/http_server.hpp"
#include "daemon/vault/vault.hpp"

#include <memory>

namespace grantlink {

class EventStreams {
  public:
    explicit EventStreams(const Vault& vault);

    ServerResponse open(const ServerRequest& request);

    void wake();   // there are new events
    void endAll(); // those that are open
    void stop();
    bool idle() const;

  private:
    struct Shared;
    class Stream;

    const Vault& vault_;
    std::shared_ptr<Shared> shared_; // with the streams, which can outlive this object
};

} // namespace grantlink
