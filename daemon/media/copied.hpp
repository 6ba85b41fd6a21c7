// How a try to copy what a post shows has ended.
#pragma once

#include <cstddef>
#include <cstdint>

namespace grantlink {

enum class Copied : std::uint8_t {
    done,
    gone,       // the address leads nowhere: it has expired, as a rule
    failed,     // the host could not be reached, or had a fault
    turnedAway, // there were too many requests
    tooLarge,
    notMedia,   // neither a picture nor a video
    refused,    // by us: the address is not a public one, or not https
    noRoom,     // all copies together would be too large
    unwritable, // the disk is full, or the directory is not there
    count
};

inline constexpr std::size_t copiedCount = static_cast<std::size_t>(Copied::count);

} // namespace grantlink
