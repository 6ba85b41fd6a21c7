// How many connections of a provider are dealt with at once, by how it answers.
//
// A provider that turns one connection away has a limit for each account or token, or one for the
// client, and its answer does not say which. So one that is turned away waits by itself. When
// several are in a row, with none that was answered in between, it is taken for the client's limit:
// all of them wait, a minute and twice as long each time, up to an hour and never longer than the
// provider has asked for; then one of them tries. The first that is answered ends it.
//
// A value; the caller says what time it is.
#pragma once

#include <chrono>
#include <cstddef>

namespace grantlink {

class Throttle {
  public:
    using Clock = std::chrono::steady_clock;

    // At a time, of `usual` where nothing is wrong; 0: none for now.
    std::size_t most(std::size_t usual, Clock::time_point now) const;

    void answered() { inARow_ = 0; }

    void turnedAway(std::chrono::seconds askedFor, Clock::time_point now);

  private:
    bool suspicious() const;

    unsigned inARow_ = 0;
    Clock::time_point pausedUntil_{};
};

} // namespace grantlink
