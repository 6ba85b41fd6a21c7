// What a worker says to grantlinkd, on its datagram socket wake.sock: that an approval waits, at
// once, and who was at which link, some at a time.
//
// Nothing here waits, fails or writes: a daemon that is not there is told the visits later, as far
// as they fit, and finds the approvals by itself. The same of the same link is told once in some
// seconds, so one that is opened or pressed over and over costs a look into a small table.
//
// Thread: the event loop.
#pragma once

#include "ngx_module/loop_timer.hpp"
#include "shared/visit.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace grantlink {

class DaemonLine {
  public:
    DaemonLine();
    ~DaemonLine();
    DaemonLine(const DaemonLine&) = delete;
    DaemonLine& operator=(const DaemonLine&) = delete;

    // `socket` is the path; what was visited before is told first.
    void approvalWaits(std::string_view socket) noexcept;
    void visited(std::string_view socket, const Visit& visit) noexcept;

    void tellVisits() noexcept; // those that wait, now

  private:
    bool turnTo(std::string_view socket) noexcept;
    bool toldLately(const Visit& visit) noexcept;
    bool send(std::string_view socket, std::string_view datagram) noexcept;

    int fd_ = -1;
    std::string socket_; // where the visits that wait are to go
    std::array<Visit, maxVisits> waiting_{};
    std::size_t count_ = 0;                 // of those
    bool isRefused_ = false;                // the last time they were told, nobody took them
    std::array<std::uint64_t, 256> told_{}; // fingerprints, each in a place of its own bits …
    time_t toldSince_ = 0;                  // … of visits since then
    LoopTimer timer_;
};

} // namespace grantlink
