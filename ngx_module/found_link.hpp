// What the edge knows of the link that a request is about.
//
// Lifetime: all of it points into one snapshot of the link store and is valid as long as that
// lives.
#pragma once

#include "shared/link_store.hpp"

#include <optional>

namespace grantlink {

class FoundLink {
  public:
    // By the token: the item is the first that waits for an approval; if none does the first that
    // is connected, or else the first.
    FoundLink(const LinkReader::Snapshot& snapshot, const LinkKey& link);

    // The newest link of a connection; the item is that connection.
    FoundLink(const LinkReader::Snapshot& snapshot, const Uuid& connection);

    // The same for whoever has asked for newestOf() before.
    FoundLink(const LinkReader::Snapshot& snapshot, const LinkKey& newest, const Uuid& connection);

    FoundLink(const FoundLink&) = delete;
    FoundLink& operator=(const FoundLink&) = delete;

    explicit operator bool() const { return item_ != nullptr; }

    // Another item of the link; false: it has none of this connection.
    bool choose(const Uuid& connection);

    // Whether the link asks for several accounts, or did.
    bool isShared() const { return view_->items.size() > 1; }

    const ProviderView* providerOf(const LinkItem& item) const;

    const LinkView& view() const { return *view_; }

    const LinkItem& item() const { return *item_; }

    const ProviderView* provider() const { return provider_; } // null: no longer configured

    const BrandView* brand() const { return brand_; } // null: none

    const SiteView& site() const { return *site_; }

    std::string_view providerName() const {
        return provider_ ? std::string_view(provider_->name) : item_->provider;
    }

  private:
    void lookAround();

    const LinkReader::Snapshot& snapshot_;
    std::optional<LinkView> view_;
    const LinkItem* item_ = nullptr;
    const ProviderView* provider_ = nullptr;
    const BrandView* brand_ = nullptr;
    const SiteView* site_ = nullptr;
};

} // namespace grantlink
