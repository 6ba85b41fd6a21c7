// Tells the edge of each link: what its page shows, where its button goes, whether it still works.
//
// A link of an older generation stays known as `replaced`, so that its page can say so. All link
// views can be made again from the vault.
//
// Thread: the loop's. Whatever takes long, walking through the vault included, happens on a thread
// of its own, in the order in which it was asked for: the last word of the vault is the edge's too.
#pragma once

#include "daemon/net/blocking.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/keyring.hpp"
#include "shared/link_store.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <vector>

namespace grantlink {

class LinkPublisher {
  public:
    LinkPublisher(const Config& config, std::shared_ptr<const MasterKeyring> keys,
                  const CurrentSettings& settings);

    // The approval link, to be shown to the requester. A secret.
    std::string linkOf(const Connection& connection) const;

    // The link of a connection, as the vault has it then. Durable at the edge when it returns.
    boost::asio::awaitable<void> publish(const Vault& vault, Uuid connection);

    // Makes the edge say what vault and configuration say. Only what differs is written; when the
    // edge knows links that the vault does not, or none, all is made anew in one transaction.
    boost::asio::awaitable<void> publishAll(const Vault& vault);

    // Opens links/ anew when its files were deleted or replaced.
    void reopenIfLost();

    // Whether the edge may know less than the vault: publishAll() is due.
    bool behind() const { return behind_; }

    void clearStaleReaders() { links_->clearStaleReaders(); }

  private:
    struct Walk;

    boost::asio::awaitable<bool> update(const Vault& vault); // false: that did not suffice
    boost::asio::awaitable<void> replace(const Vault& vault);

    std::shared_ptr<const MasterKeyring> keys_;
    const CurrentSettings& settings_;
    std::string edgeStore_, edgeGroup_; // as at the start: a reload does not move the store
    std::shared_ptr<LinkWriter> links_;
    bool behind_ = false;
    BlockingThread writer_;
};

} // namespace grantlink
