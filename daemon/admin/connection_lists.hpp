// Connections as pages of a list, and in numbers: what somebody with many of them wants to see.
//
// Both look at the connections in steps, with the loop's other work in between, so that a hundred
// thousand of them delay nobody.
//
// Errors: a Problem for whatever the caller did wrong.
// Thread: the loop's.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>
#include <vector>

namespace grantlink {

class ConnectionLists {
  public:
    ConnectionLists(const Vault& vault, const CurrentSettings& settings)
        : vault_(vault), settings_(settings) {}

    boost::asio::awaitable<Json> list(std::vector<std::pair<std::string, std::string>> query) const;

    // How many there are of each kind. Where counting takes long, it is as old as twenty times
    // that.
    boost::asio::awaitable<Json> overview();

  private:
    struct Search;

    Search searchOf(const std::vector<std::pair<std::string, std::string>>& fields) const;

    const Vault& vault_;
    const CurrentSettings& settings_;
    Json counted_;
    TimeMs countedUntil_ = 0;
};

// Whether somebody has to do something about it.
bool needsAttention(const Connection& connection, TimeMs now);

} // namespace grantlink
