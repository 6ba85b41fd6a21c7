// The admin API: HTTP and JSON on a Unix socket, described in docs/openapi.yaml.
//
// This file knows paths, methods and roles; what they do is in connections.cpp, tokens.cpp and
// posts.cpp. Thread: the loop's.
#pragma once

#include "daemon/admin/connections.hpp"
#include "daemon/admin/posts.hpp"
#include "daemon/admin/tokens.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/settings.hpp"

#include <boost/asio/awaitable.hpp>

namespace grantlink {

class AdminApi {
  public:
    AdminApi(ConnectionsApi& connections, TokensApi& tokens, const PostsApi& posts,
             const CurrentSettings& settings)
        : connections_(connections), tokens_(tokens), posts_(posts), settings_(settings) {}

    boost::asio::awaitable<ServerResponse> handle(ServerRequest request);

    bool idle() const { return running_ == 0; } // no request is being answered

  private:
    boost::asio::awaitable<ServerResponse> dispatch(const ServerRequest& request);
    boost::asio::awaitable<ServerResponse> connection(const ServerRequest& request);
    void requireRole(const ServerRequest& request, Role role) const;
    ServerResponse providers() const;

    ConnectionsApi& connections_;
    TokensApi& tokens_;
    const PostsApi& posts_;
    const CurrentSettings& settings_;
    int running_ = 0;
};

} // namespace grantlink
