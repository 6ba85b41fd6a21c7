// Requests to providers, written down for whoever tries a preset: grantlink provider try.
//
// Only those of connections that were asked to be traced, in memory alone, and with everything
// secret replaced before it is written down: what the request names as secret by its name in
// braces, and of answers what is called or looks like a secret by its length.
//
// Thread: the loop's.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/oauth/dpop_client.hpp"
#include "shared/uuid.hpp"

#include <deque>
#include <map>
#include <memory>

namespace grantlink {

class RequestTraces {
  public:
    RequestTraces(HttpClient& http, DpopNonces& nonces)
        : http_(http), nonces_(nonces), plain_(http, nonces) {}

    // From now on. At most 16 connections have one; the oldest trace makes room.
    void begin(const Uuid& connection);

    // What that connection's requests go through.
    std::shared_ptr<DpopClient> clientFor(const Uuid& connection);

    // For requests that nobody waits for: they would be in the way of those that are tried.
    DpopClient& untraced() { return plain_; }

    bool isTraced(const Uuid& connection) const { return traced_.contains(connection); }

    // What a browser was sent to, or sent back with, if that connection has a trace: `url` holds no
    // secret.
    void note(const Uuid& connection, std::string label, std::string url);

    // The requests from number `after` on, with the number of the next one; null for a connection
    // without a trace.
    Json of(const Uuid& connection, std::size_t after) const;

  private:
    class Recorder;
    struct Traced;

    HttpClient& http_;
    DpopNonces& nonces_;
    DpopClient plain_;
    std::map<Uuid, std::shared_ptr<Traced>> traced_; // ids rise with time: the first is the oldest
};

// The parts of a trace; see above. `secrets`: HttpRequest::secrets.
Json shownRequest(const HttpRequest& request);
Json shownAnswer(const HttpResponse& response, const Headers& secrets);

} // namespace grantlink
