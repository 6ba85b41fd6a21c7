// Which keys there are and what still needs them; and reading them again. Never a key itself.
//
// Errors: a Problem when the files are wrong. Thread: the loop's.
#pragma once

#include "daemon/approvals/daemon_spool.hpp"
#include "daemon/json/json.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/keyring.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>

namespace grantlink {

class KeysApi {
  public:
    // `reload` reads the key files; it throws std::runtime_error when they are wrong.
    KeysApi(const Vault& vault, const DaemonSpool& spool,
            std::shared_ptr<const MasterKeyring> masterKeys,
            std::shared_ptr<const EdgeKeyring> edgeKeys,
            std::function<boost::asio::awaitable<void>()> reload);

    boost::asio::awaitable<Json> list() const;
    boost::asio::awaitable<Json> reload() const; // what list() says then

  private:
    const Vault& vault_;
    const DaemonSpool& spool_;
    std::shared_ptr<const MasterKeyring> masterKeys_;
    std::shared_ptr<const EdgeKeyring> edgeKeys_;
    std::function<boost::asio::awaitable<void>()> reload_;
};

} // namespace grantlink
