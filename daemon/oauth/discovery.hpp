// Finds the endpoints of providers that are known by their issuer alone.
//
// The metadata is fetched at the start, once a day after that, and every ten seconds where it could
// not be had, or when the issuer says. Until then the provider has no endpoints: its links say that
// they are not available just now, and approvals wait in the spool.
//
// Thread: the loop's.
#pragma once

#include "daemon/net/http_client.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/providers/metadata.hpp"
#include "daemon/providers/provider.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace grantlink {

class Discovery {
  public:
    explicit Discovery(HttpClient& http) : http_(http) {}

    const MetadataByIssuer& known() const { return known_; }

    // Fetches what is missing or old, of all issuers at a time. True when something has changed.
    boost::asio::awaitable<bool> refresh(const Providers& providers);

  private:
    using Clock = std::chrono::steady_clock;
    struct Looks;

    bool isDue(const std::string& issuer, Reach reach) const;
    void doubt(const Providers& providers) const;
    boost::asio::awaitable<bool> fetch(std::string issuer, Reach reach);
    boost::asio::awaitable<StepResult<Json>> document(std::string url, Reach reach,
                                                      const std::string& issuer);

    HttpClient& http_;
    MetadataByIssuer known_;
    std::map<std::pair<std::string, Reach>, Clock::time_point> next_; // when to ask an issuer
};

} // namespace grantlink
