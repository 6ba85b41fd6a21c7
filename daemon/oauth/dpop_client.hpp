// Sends requests to providers; those of tokens that are bound to a key (RFC 9449) with a proof.
//
// A server may want a nonce of its own in proofs. Its latest is kept in memory for each origin and
// sent with the next proof; one that says "use_dpop_nonce" is asked once more, with the nonce that
// it has given, and not a third time.
//
// Thread: the loop's.
#pragma once

#include "daemon/net/http_client.hpp"
#include "shared/secret.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

// The latest nonce of each server.
class DpopNonces {
  public:
    // "" for a server that has given none.
    std::string of(std::string_view url) const;

    // The nonce of an answer, if there is one and it is a nonce (section 8.1), of at most 1,024
    // bytes.
    void learn(std::string_view url, const HttpResponse& response);

  private:
    std::map<std::string, std::string, std::less<>> byOrigin_;
};

// Whether the server says that it wants a nonce, and so has not acted upon the request: at the
// authorization server by its `error` (section 8), elsewhere by a challenge (section 9). It must
// have given one, too.
bool wantsDpopNonce(const HttpResponse& response);

// Whether an answer to a request that showed the access token blames the proof and not the token
// (section 7.1).
bool refusesProof(const HttpResponse& response);

class DpopClient {
  public:
    // Both outlive it. The nonces are the process's, whichever client sends.
    DpopClient(HttpClient& http, DpopNonces& nonces) : http_(http), nonces_(nonces) {}

    // The same, for what somebody waits for: all its requests end by then.
    DpopClient until(std::chrono::steady_clock::time_point end) const;

    // One request, or two as above. `key` is a private JWK; without one (it is empty) the request
    // goes as it is. With one it has a proof, and the access token of its Authorization header is
    // sent by the scheme DPoP instead of Bearer (section 7.1). A result is that of
    // HttpClient::fetch().
    boost::asio::awaitable<HttpResult> send(HttpRequest request, SecretBytes key);

  private:
    boost::asio::awaitable<HttpResult> sendOnce(HttpRequest request, const SecretBytes& key);
    boost::asio::awaitable<HttpResult> fetch(HttpRequest request);

    HttpClient& http_;
    DpopNonces& nonces_;
    std::optional<std::chrono::steady_clock::time_point> end_;
};

} // namespace grantlink
