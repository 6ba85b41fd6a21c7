#include "ngx_module/daemon_line.hpp"

#include "ngx_module/boundary.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

namespace grantlink {

namespace {

constexpr ngx_msec_t soon = 100;   // ms
constexpr ngx_msec_t later = 1000; // ms, when grantlinkd is away
constexpr time_t lately = 10;      // seconds

// Of the link and what was done with it, not of the attempt: each press has another.
std::uint64_t fingerprintOf(const Visit& visit) {
    const auto random = loadLittleEndian<std::uint64_t>(&visit.connection.bytes[8]);
    return random ^ (std::uint64_t{visit.generation} << 1 | visit.isStart());
}

} // namespace

DaemonLine::DaemonLine()
    : timer_(
          LoopTimer::Keeps::nobody,
          [](void* line) noexcept { static_cast<DaemonLine*>(line)->tellVisits(); }, this) {}

DaemonLine::~DaemonLine() {
    if (fd_ >= 0)
        ::close(fd_);
}

void DaemonLine::approvalWaits(std::string_view socket) noexcept {
    tellVisits();
    const char hint = 0;
    send(socket, {&hint, 1});
}

void DaemonLine::visited(std::string_view socket, const Visit& visit) noexcept {
    if (toldLately(visit))
        return;
    const bool isFull = count_ == waiting_.size();
    if (socket != socket_ || (isFull && !isRefused_)) // else the timer tries again
        tellVisits();
    if (!turnTo(socket) || count_ == waiting_.size())
        return;
    waiting_[count_++] = visit;
    if (!timer_.runs())
        timer_.start(soon);
}

// What still waits for another socket goes: nobody takes it there. False: there is no memory.
bool DaemonLine::turnTo(std::string_view socket) noexcept {
    return socket == socket_ || boundary(ngx_cycle->log, false, [&] {
               socket_ = socket;
               count_ = 0;
               isRefused_ = false;
               timer_.stop();
               return true;
           });
}

bool DaemonLine::toldLately(const Visit& visit) noexcept {
    if (toldSince_ + lately <= ngx_time()) {
        toldSince_ = ngx_time();
        told_.fill(0);
    }
    const std::uint64_t fingerprint = fingerprintOf(visit);
    const std::size_t place = ((fingerprint >> 56) + visit.isStart()) % told_.size();
    return std::exchange(told_[place], fingerprint) == fingerprint;
}

void DaemonLine::tellVisits() noexcept {
    if (count_ == 0)
        return;
    const bool taken = boundary(ngx_cycle->log, false, [&] {
        return send(socket_, encodeVisits(std::span(waiting_).first(count_)));
    });
    if (taken)
        count_ = 0;
    isRefused_ = !taken;
    const bool isBusy = !taken && (errno == EAGAIN || errno == ENOBUFS);
    if (taken)
        timer_.stop();
    else
        timer_.start(isBusy ? soon : later);
}

bool DaemonLine::send(std::string_view socket, std::string_view datagram) noexcept {
    if (fd_ < 0)
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (fd_ < 0 || socket.size() >= sizeof address.sun_path)
        return false;
    std::memcpy(address.sun_path, socket.data(), socket.size());
    return ::sendto(fd_, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                    reinterpret_cast<sockaddr*>(&address), sizeof address) >= 0;
}

} // namespace grantlink
