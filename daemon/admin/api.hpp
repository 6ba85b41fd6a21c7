// The admin API: HTTP and JSON on a Unix socket, described in docs/openapi.yaml.
//
// This file knows paths, methods and roles; what they do is in connections.cpp and tokens.cpp.
// Thread: the loop's.
#pragma once

#include "daemon/admin/caller.hpp"
#include "daemon/admin/connections.hpp"
#include "daemon/admin/pictures.hpp"
#include "daemon/admin/tokens.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/settings.hpp"

#include <boost/asio/awaitable.hpp>

namespace grantlink {

class AdminApi {
  public:
    AdminApi(ConnectionsApi& connections, TokensApi& tokens, Pictures& pictures,
             const CurrentSettings& settings)
        : connections_(connections), tokens_(tokens), pictures_(pictures), settings_(settings) {}

    boost::asio::awaitable<ServerResponse> handle(ServerRequest request, Caller caller);

    bool idle() const { return running_ == 0; } // no request is being answered

  private:
    boost::asio::awaitable<ServerResponse> dispatch(const ServerRequest& request,
                                                    const Caller& caller);
    boost::asio::awaitable<ServerResponse> connection(const ServerRequest& request,
                                                      const Caller& caller);
    ServerResponse providers() const;
    ServerResponse defaults() const;

    ConnectionsApi& connections_;
    TokensApi& tokens_;
    Pictures& pictures_;
    const CurrentSettings& settings_;
    int running_ = 0;
};

} // namespace grantlink
