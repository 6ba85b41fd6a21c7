// What grantlinkd reads on wake.sock, from a worker that may have been taken over.
#include "shared/visit.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view datagram = textOf({data, size});
    const std::vector<Visit> visits = parseVisits(bytesOf(datagram));
    require(visits.size() <= maxVisits, "a datagram is bounded");
    if (visits.empty())
        return 0;
    require(encodeVisits(visits) == datagram, "visits encode to the same bytes");
    require(parseVisits(bytesOf(datagram.substr(0, size - 1))).empty(), "a cut one is not read");
    return 0;
}
