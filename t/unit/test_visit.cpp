// The datagrams of visits on wake.sock.
#include "shared/visit.hpp"

#include "t/unit/cmocka.hpp"

#include <stdexcept>
#include <string>

using namespace grantlink;

namespace {

std::vector<Visit> someVisits(std::size_t count) {
    std::vector<Visit> out;
    for (std::size_t i = 0; i < count; ++i)
        out.push_back({.connection = Uuid::v7(),
                       .generation = static_cast<std::uint32_t>(i),
                       .attempt = i % 2 ? Uuid::v7() : Uuid{},
                       .time = nowMs() + i});
    return out;
}

void visitsComeBack(void**) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{3}, maxVisits}) {
        const std::vector<Visit> visits = someVisits(count);
        const std::string datagram = encodeVisits(visits);
        assert_int_equal(datagram.size(), 1 + count * visitLength);
        assert_true(parseVisits(bytesOf(datagram)) == visits);
    }
    assert_true(someVisits(2)[1].isStart());
    assert_false(someVisits(1)[0].isStart());
}

void anythingElseHasNone(void**) {
    const std::string datagram = encodeVisits(someVisits(2));
    for (std::size_t i = 0; i < datagram.size(); ++i)
        if (i % visitLength != 1)
            assert_true(parseVisits(bytesOf(datagram.substr(0, i))).empty());
    assert_true(parseVisits(bytesOf(datagram + "x")).empty());
    std::string other = datagram;
    other[0] = 2;
    assert_true(parseVisits(bytesOf(other)).empty());
    assert_true(parseVisits(bytesOf(std::string(1, '\0'))).empty()); // "there is an approval"
    const std::string tooMany = "\1" + std::string((maxVisits + 1) * visitLength, 'v');
    assert_true(parseVisits(bytesOf(tooMany)).empty());
}

void moreThanFitAreRefused(void**) {
    bool refused = false;
    try {
        encodeVisits(someVisits(maxVisits + 1));
    } catch (const std::length_error&) {
        refused = true;
    }
    assert_true(refused);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(visitsComeBack),
                                cmocka_unit_test(anythingElseHasNone),
                                cmocka_unit_test(moreThanFitAreRefused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
