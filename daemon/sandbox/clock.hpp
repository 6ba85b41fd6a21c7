// The sandbox's clock: the machine's, plus what the control API has advanced it by.
#pragma once

#include <chrono>
#include <string>

namespace grantlink::sandbox {

using Time = std::chrono::system_clock::time_point;

class Clock {
  public:
    Time now() const { return std::chrono::system_clock::now() + offset_; }

    void advance(std::chrono::seconds by) { offset_ += by; }

  private:
    std::chrono::seconds offset_{0};
};

std::string rfc3339(Time time); // UTC, milliseconds
std::int64_t unixSeconds(Time time);

} // namespace grantlink::sandbox
