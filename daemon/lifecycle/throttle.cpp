#include "daemon/lifecycle/throttle.hpp"

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr unsigned noCoincidence = 3;

} // namespace

bool Throttle::suspicious() const {
    return inARow_ >= noCoincidence;
}

std::size_t Throttle::most(std::size_t usual, Clock::time_point now) const {
    if (!suspicious())
        return usual;
    return now < pausedUntil_ ? 0 : std::min<std::size_t>(usual, 1);
}

void Throttle::turnedAway(std::chrono::seconds askedFor, Clock::time_point now) {
    if (suspicious() && now < pausedUntil_) // was under way when the pause began
        return;
    ++inARow_;
    if (!suspicious())
        return;
    const std::chrono::seconds grown = 60s * (1 << std::min(inARow_ - noCoincidence, 6u));
    pausedUntil_ = now + std::min({grown, std::chrono::seconds(1h), askedFor});
}

} // namespace grantlink
