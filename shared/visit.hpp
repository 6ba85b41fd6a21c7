// That somebody was at a link: nginx says so to grantlinkd on wake.sock, a datagram for many.
// docs/formats.md has the bytes.
//
// A visit is told, not recorded: who opens a page writes nothing, and what is lost is lost.
#pragma once

#include "shared/byte_order.hpp"
#include "shared/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace grantlink {

struct Visit {
    Uuid connection;              // one of those that the link is for
    std::uint32_t generation = 0; // of the link
    Uuid attempt = {};            // that the button began; nil: the page was opened
    TimeMs time = 0;

    bool isStart() const { return attempt != Uuid{}; }

    bool operator==(const Visit&) const = default;
};

constexpr std::size_t visitLength = 16 + 4 + 16 + 8; // bytes
constexpr std::size_t maxVisits = 256;               // in a datagram
constexpr std::size_t maxVisitsLength = 1 + maxVisits * visitLength;

// At most maxVisits, or std::length_error.
std::string encodeVisits(std::span<const Visit> visits);

// None for another version or length.
std::vector<Visit> parseVisits(Bytes datagram);

} // namespace grantlink
