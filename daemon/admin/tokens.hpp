// Access tokens for whoever may read them, newer ones for whoever asks, and what they are for.
//
// Errors: a Problem for whatever the caller did wrong, or the provider cannot do now.
// Thread: the loop's.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/lifecycle/refresher.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>
#include <vector>

namespace grantlink {

class TokensApi {
  public:
    TokensApi(Vault& vault, Refresher& refresher, RequestTraces& requests,
              const CurrentSettings& settings)
        : vault_(vault), refresher_(refresher), requests_(requests), settings_(settings) {}

    // One that is valid for at least the query's min_ttl, refreshed first if need be. That it was
    // given out is in the audit trail before it is.
    boost::asio::awaitable<Json>
    vend(Uuid connection, std::vector<std::pair<std::string, std::string>> query, Actor actor);

    boost::asio::awaitable<Json> refresh(Uuid connection, Actor actor);

    // The newest of the account's content, as the provider has it now: at most two pages.
    boost::asio::awaitable<Json> readFeed(Uuid connection);

  private:
    Vault& vault_;
    Refresher& refresher_;
    RequestTraces& requests_;
    const CurrentSettings& settings_;
};

} // namespace grantlink
