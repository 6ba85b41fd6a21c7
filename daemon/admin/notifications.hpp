// Notifications through the admin API: what waits and what was given up; replayed or deleted.
//
// Errors: a Problem for whatever the caller did wrong.
// Thread: the loop's.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/vault/vault.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace grantlink {

class NotificationsApi {
  public:
    NotificationsApi(Vault& vault, std::function<void()> queued)
        : vault_(vault), queued_(std::move(queued)) {}

    Json list(const std::vector<std::pair<std::string, std::string>>& query) const;
    // Due at once, under the same id; a dead one has all its time again.
    boost::asio::awaitable<Json> replay(Uuid id);
    boost::asio::awaitable<Json> remove(Uuid id);

  private:
    boost::asio::awaitable<Notification> take(Uuid id, bool replayed);

    Vault& vault_;
    std::function<void()> queued_;
};

} // namespace grantlink
