// The console's socket: nginx passes the page's files and the admin API through it, and says who
// acts.
//
// The socket's permissions keep everybody but nginx's group out, so X-Remote-User can be believed
// here, and only here. Whoever it is has the role operator, and nobody can have a token.
// Thread: the loop's.
#pragma once

#include "daemon/admin/api.hpp"
#include "daemon/net/http_server.hpp"

#include <boost/asio/awaitable.hpp>

namespace grantlink {

class ConsoleSite {
  public:
    explicit ConsoleSite(AdminApi& api) : api_(api) {}

    boost::asio::awaitable<ServerResponse> handle(ServerRequest request);

  private:
    AdminApi& api_;
};

} // namespace grantlink
