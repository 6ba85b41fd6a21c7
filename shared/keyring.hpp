// The keys in force: those of a key file as it was read last, for all who use them.
//
// A flow takes them once and keeps what get() answered for as long as it has a pointer to one of
// the keys. Threads: any.
#pragma once

#include "shared/keys.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace grantlink {

template <typename Keys>
class Keyring {
  public:
    explicit Keyring(Keys keys) : keys_(std::make_shared<const Keys>(std::move(keys))) {}

    std::shared_ptr<const Keys> get() const {
        const std::lock_guard guard(mutex_);
        return keys_;
    }

    void replace(Keys keys) {
        auto fresh = std::make_shared<const Keys>(std::move(keys));
        const std::lock_guard guard(mutex_);
        keys_.swap(fresh);
    }

  private:
    mutable std::mutex mutex_; // guards keys_
    std::shared_ptr<const Keys> keys_;
};

using MasterKeyring = Keyring<MasterKeys>;
using EdgeKeyring = Keyring<EdgeKeys>;

} // namespace grantlink
