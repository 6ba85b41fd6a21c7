// UUIDv7: the published vector (RFC 9562, appendix A.6), order by time, strict text.
#include "shared/uuid.hpp"

#include "t/unit/cmocka.hpp"

#include <vector>

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr const char* published = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

void publishedVector(void**) {
    const auto id = Uuid::parse(published);
    assert_true(id.has_value());
    assert_int_equal(id->time(), 0x017f22e279b0);
    assertEqual(id->text(), published);
    assertEqual(Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")->text(), published);
}

void newOnesHaveVersionVariantAndTime(void**) {
    for (int i = 0; i < 1000; ++i) {
        const Uuid id = Uuid::v7(1'700'000'000'123);
        assert_int_equal(id.bytes[6] >> 4, 7);
        assert_int_equal(id.bytes[8] >> 6, 2);
        assert_int_equal(id.time(), 1'700'000'000'123);
    }
}

void theySortByTime(void**) {
    for (TimeMs time = 1; time < 1ull << 47; time *= 3)
        assert_true(Uuid::v7(time) < Uuid::v7(time + 1));
}

void otherTextsAreRefused(void**) {
    const std::string good = published;
    for (std::size_t length = 0; length < good.size(); ++length)
        assert_false(Uuid::parse(good.substr(0, length)).has_value());
    assert_false(Uuid::parse(good + "0").has_value());
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = 'g';
        assert_false(Uuid::parse(bad).has_value());
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(publishedVector), cmocka_unit_test(newOnesHaveVersionVariantAndTime),
        cmocka_unit_test(theySortByTime), cmocka_unit_test(otherTextsAreRefused)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
