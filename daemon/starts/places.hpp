// How many are at something at a time.
//
// Thread: the loop's.
#pragma once

#include <map>
#include <memory>
#include <optional>

namespace grantlink {

template <typename Key>
class Places {
    using Taken = std::map<Key, unsigned>;

  public:
    explicit Places(unsigned ofEach) : ofEach_(ofEach) {}

    // Taken for as long as it lives. That may be longer than Places: what still runs when the
    // daemon stops is destroyed with the loop.
    class Place {
      public:
        Place(std::shared_ptr<Taken> taken, const Key& key)
            : taken_(std::move(taken)), at_(taken_->try_emplace(key, 0).first) {
            ++at_->second;
        }

        ~Place() {
            if (--at_->second == 0)
                taken_->erase(at_);
        }

        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

      private:
        std::shared_ptr<Taken> taken_;
        typename Taken::iterator at_;
    };

    // Null when as many are taken as there may be.
    std::unique_ptr<Place> take(const Key& key) const {
        const auto found = taken_->find(key);
        if (found != taken_->end() && found->second >= ofEach_)
            return nullptr;
        return std::make_unique<Place>(taken_, key);
    }

  private:
    unsigned ofEach_;
    std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

} // namespace grantlink
