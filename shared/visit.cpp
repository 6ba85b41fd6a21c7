#include "shared/visit.hpp"

#include <stdexcept>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1;

} // namespace

std::string encodeVisits(std::span<const Visit> visits) {
    if (visits.size() > maxVisits)
        throw std::length_error("a datagram has 256 visits at most");
    RecordWriter out;
    out.integer(version);
    for (const Visit& visit : visits)
        out.uuid(visit.connection)
            .integer(visit.generation)
            .uuid(visit.attempt)
            .integer(visit.time);
    return out.take();
}

std::vector<Visit> parseVisits(Bytes datagram) {
    RecordReader in(datagram);
    const bool whole = datagram.size() % visitLength == 1 && datagram.size() <= maxVisitsLength;
    if (!whole || in.integer<std::uint8_t>() != version)
        return {};
    std::vector<Visit> out(datagram.size() / visitLength);
    for (Visit& visit : out) {
        visit.connection = in.uuid();
        visit.generation = in.integer<std::uint32_t>();
        visit.attempt = in.uuid();
        visit.time = in.integer<std::uint64_t>();
    }
    return out;
}

} // namespace grantlink
