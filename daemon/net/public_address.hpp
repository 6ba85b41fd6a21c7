// Which addresses are the public internet's.
#pragma once

#include <boost/asio/ip/address.hpp>

namespace grantlink {

// False for loopback, private, link-local, shared, multicast, documentation and reserved addresses
// of IPv4 and IPv6, in whatever disguise (mapped, 6to4, NAT64). Source: the IANA registries of
// special-purpose addresses (RFC 6890).
bool isPublicAddress(const boost::asio::ip::address& address);

} // namespace grantlink
