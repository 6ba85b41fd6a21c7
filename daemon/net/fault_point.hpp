// The moments at which a crash would tell: before and after each durable write, of the daemon or of
// a key file, and each request to another server.
//
// Nothing happens at them. The programs of t/crash have another definition, which ends the process
// at the one that a test names. Thread: any.
#pragma once

namespace grantlink {

void faultPoint() noexcept;

// One before what its scope does, and one behind it.
struct FaultPoints {
    FaultPoints() noexcept { faultPoint(); }

    ~FaultPoints() { faultPoint(); }

    FaultPoints(const FaultPoints&) = delete;
    FaultPoints& operator=(const FaultPoints&) = delete;
};

} // namespace grantlink
