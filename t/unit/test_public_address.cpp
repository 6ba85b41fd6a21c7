// Requests that a preset or an answer has named go to public addresses only.
#include "daemon/net/public_address.hpp"

#include "t/unit/cmocka.hpp"

#include <initializer_list>
#include <stdexcept>
#include <string>

using namespace grantlink;

namespace {

bool isPublic(const char* text) {
    return isPublicAddress(boost::asio::ip::make_address(text));
}

void publicOnes(void**) {
    for (const char* text :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
          "172.32.0.0", "192.167.255.255", "223.255.255.255", "2606:4700::1111",
          "2a00:1450:4001:81b::200e", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"})
        if (!isPublic(text))
            throw std::runtime_error(std::string(text) + " is public");
}

void specialOnes(void**) {
    for (const char* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.64.0.1",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.0.2.1",
                             "192.168.1.1",
                             "198.19.0.1",
                             "198.51.100.7",
                             "203.0.113.9",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fc00::1",
                             "fd12:3456::1",
                             "fe80::1",
                             "ff02::1",
                             "2001:db8::1",
                             "2001::1",
                             "2002:7f00:1::",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::10.0.0.1",
                             "64:ff9b:1::1",
                             "100::1"})
        if (isPublic(text))
            throw std::runtime_error(std::string(text) + " is not public");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(publicOnes), cmocka_unit_test(specialOnes)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
