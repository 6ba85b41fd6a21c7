// The picture of an approved account, fetched from where the provider said it is, for pages whose
// policy lets nobody else in. Kept for an hour in memory, and nowhere else.
//
// Only images by their first bytes, and never SVG; where it may be fetched from is the provider's
// Reach. Errors: a Problem when there is none. Thread: the loop's.
#pragma once

#include "daemon/net/http_client.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>

namespace grantlink {

class Pictures {
  public:
    Pictures(const Vault& vault, HttpClient& http, const CurrentSettings& settings)
        : vault_(vault), http_(http), settings_(settings) {}

    boost::asio::awaitable<ServerResponse> show(Uuid connection);

  private:
    struct Kept {
        std::string bytes; // empty: it could not be had
        TimeMs until = 0;
    };

    boost::asio::awaitable<std::string> fetch(std::string url, Reach reach);
    void keep(const std::string& url, const std::string& bytes);

    const Vault& vault_;
    HttpClient& http_;
    const CurrentSettings& settings_;
    std::map<std::string, Kept> kept_; // by URL
};

} // namespace grantlink
