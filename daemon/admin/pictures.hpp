// The picture of an approved account, or of one of its posts, fetched from where the provider said
// it is, for pages whose policy lets nobody else in. Kept for an hour in memory, as long as there
// is room, and nowhere else.
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
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace grantlink {

class Pictures {
  public:
    Pictures(const Vault& vault, HttpClient& http, const CurrentSettings& settings)
        : vault_(vault), http_(http), settings_(settings) {}

    // Of the account; with a parameter `post`, of the post with that id of the provider's.
    boost::asio::awaitable<ServerResponse>
    show(Uuid connection, std::vector<std::pair<std::string, std::string>> query);

  private:
    struct Kept {
        std::string bytes; // empty: it could not be had
        TimeMs until = 0;
    };

    struct Source {
        std::string url;
        Reach reach;
        std::size_t most; // bytes
    };

    Source sourceOf(const Uuid& connection, const std::optional<std::string>& post) const;
    boost::asio::awaitable<std::string> fetch(Source source);
    void keep(const std::string& url, const std::string& bytes);

    const Vault& vault_;
    HttpClient& http_;
    const CurrentSettings& settings_;
    std::map<std::string, Kept> kept_; // by URL
    std::size_t size_ = 0;             // bytes of all
};

} // namespace grantlink
