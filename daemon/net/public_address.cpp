#include "daemon/net/public_address.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <array>

namespace grantlink {

namespace ip = boost::asio::ip;

namespace {

bool contains(const ip::network_v4& network, const ip::address_v4& address) {
    return (address.to_uint() & network.netmask().to_uint()) == network.network().to_uint();
}

bool contains(const ip::network_v6& network, const ip::address_v6& address) {
    return ip::network_v6(address, network.prefix_length()).network() == network.network();
}

bool isPublic(const ip::address_v4& address) {
    static const std::array special{
        ip::make_network_v4("0.0.0.0/8"),      ip::make_network_v4("10.0.0.0/8"),
        ip::make_network_v4("100.64.0.0/10"),  ip::make_network_v4("127.0.0.0/8"),
        ip::make_network_v4("169.254.0.0/16"), ip::make_network_v4("172.16.0.0/12"),
        ip::make_network_v4("192.0.0.0/24"),   ip::make_network_v4("192.0.2.0/24"),
        ip::make_network_v4("192.88.99.0/24"), ip::make_network_v4("192.168.0.0/16"),
        ip::make_network_v4("198.18.0.0/15"),  ip::make_network_v4("198.51.100.0/24"),
        ip::make_network_v4("203.0.113.0/24"), ip::make_network_v4("224.0.0.0/3")};
    return std::none_of(special.begin(), special.end(),
                        [&](const auto& network) { return contains(network, address); });
}

// Global unicast is 2000::/3; what is special in it follows.
bool isPublic(const ip::address_v6& address) {
    static const auto unicast = ip::make_network_v6("2000::/3");
    static const auto nat64 = ip::make_network_v6("64:ff9b::/96");
    static const std::array special{
        ip::make_network_v6("2001::/23"), ip::make_network_v6("2001:db8::/32"),
        ip::make_network_v6("2002::/16"), ip::make_network_v6("3fff::/20")};
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped() || contains(nat64, address)) {
        ip::address_v4::bytes_type last;
        std::copy(bytes.end() - 4, bytes.end(), last.begin());
        return isPublic(ip::address_v4(last));
    }
    return contains(unicast, address) &&
           std::none_of(special.begin(), special.end(),
                        [&](const auto& network) { return contains(network, address); });
}

} // namespace

bool isPublicAddress(const ip::address& address) {
    return address.is_v4() ? isPublic(address.to_v4()) : isPublic(address.to_v6());
}

} // namespace grantlink
