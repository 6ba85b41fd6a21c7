// The admin API: HTTP and JSON on a Unix socket, described in docs/openapi.yaml.
//
// This file knows paths, methods and roles; what they do is in connections.cpp,
// connection_lists.cpp, tokens.cpp, events.cpp, keys.cpp, notifications.cpp, posts.cpp, media.cpp
// and pictures.cpp. Thread: the loop's.
#pragma once

#include "daemon/admin/caller.hpp"
#include "daemon/admin/connection_lists.hpp"
#include "daemon/admin/connections.hpp"
#include "daemon/admin/event_streams.hpp"
#include "daemon/admin/events.hpp"
#include "daemon/admin/keys.hpp"
#include "daemon/admin/media.hpp"
#include "daemon/admin/notifications.hpp"
#include "daemon/admin/pictures.hpp"
#include "daemon/admin/posts.hpp"
#include "daemon/admin/tokens.hpp"
#include "daemon/net/http_server.hpp"
#include "daemon/settings.hpp"

#include <boost/asio/awaitable.hpp>

namespace grantlink {

class AdminApi {
  public:
    AdminApi(const Vault& vault, ConnectionsApi& connections, ConnectionLists& lists,
             TokensApi& tokens, EventsApi& events, EventStreams& streams, const KeysApi& keys,
             NotificationsApi& notifications, const PostsApi& posts, MediaApi& media,
             Pictures& pictures, const CurrentSettings& settings)
        : vault_(vault), connections_(connections), lists_(lists), tokens_(tokens), events_(events),
          streams_(streams), keys_(keys), notifications_(notifications), posts_(posts),
          media_(media), pictures_(pictures), settings_(settings) {}

    boost::asio::awaitable<ServerResponse> handle(ServerRequest request, Caller caller);

    bool idle() const { return running_ == 0; } // no request is being answered

  private:
    boost::asio::awaitable<ServerResponse> dispatch(const ServerRequest& request,
                                                    const Caller& caller);
    boost::asio::awaitable<ServerResponse> connection(const ServerRequest& request,
                                                      const Caller& caller);
    ServerResponse providers() const;
    ServerResponse defaults() const;
    boost::asio::awaitable<ServerResponse> notification(const ServerRequest& request,
                                                        const Caller& caller);
    boost::asio::awaitable<ServerResponse> check() const;
    boost::asio::awaitable<ServerResponse> keys(const ServerRequest& request,
                                                const Caller& caller) const;

    const Vault& vault_;
    ConnectionsApi& connections_;
    ConnectionLists& lists_;
    TokensApi& tokens_;
    EventsApi& events_;
    EventStreams& streams_;
    const KeysApi& keys_;
    NotificationsApi& notifications_;
    const PostsApi& posts_;
    MediaApi& media_;
    Pictures& pictures_;
    const CurrentSettings& settings_;
    int running_ = 0;
};

} // namespace grantlink
